package io.aegisflux.segmentation.policy.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShardsTest {
    @Test
    void isAfterAnyChangesWhatAHashMapIsAndEarlierCopiesStayAsTheyWere() {
        Random random = new Random(7);
        Map<String, Integer> wanted = new HashMap<>();
        Shards<String, Integer> shards = Shards.of(Map.of());
        for (int step = 0; step < 20_000; step++) {
            String key = "h" + random.nextInt(3_000);
            Map<String, Integer> before = Map.copyOf(wanted);
            Shards<String, Integer> earlier = shards;
            if (random.nextInt(3) == 0) {
                wanted.remove(key);
                shards = shards.without(key);
            } else {
                wanted.put(key, step);
                shards = shards.with(key, step);
            }
            assertThat(shards.get(key)).isEqualTo(wanted.get(key));
            if (step % 1_000 == 0) {
                assertThat(shards).isEqualTo(wanted).hasSameSizeAs(wanted);
                assertThat(earlier).isEqualTo(before);
                assertThat(Shards.of(wanted)).isEqualTo(shards).hasSameHashCodeAs(wanted);
            }
        }
    }

    @Test
    void withoutAKeyItDoesNotHaveItIsTheSame() {
        Shards<String, Integer> one = Shards.<String, Integer>of(Map.of()).with("a", 1);
        assertThat(one.without("b")).isSameAs(one);
        assertThat(Shards.of(one)).isSameAs(one);
        assertThat(one.without("a")).isEmpty();
        assertThat(one.containsKey("b")).isFalse();
    }

    @Test
    void cannotBeChanged() {
        Shards<String, Integer> one = Shards.<String, Integer>of(Map.of()).with("a", 1);
        assertThatThrownBy(() -> one.put("b", 2)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> one.remove("a")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> one.values().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> one.with(null, 2)).isInstanceOf(NullPointerException.class);
    }
}
