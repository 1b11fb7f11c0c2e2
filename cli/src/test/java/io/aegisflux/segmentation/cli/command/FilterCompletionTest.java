package io.aegisflux.segmentation.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.engine.filtering.FilterKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilterCompletionTest {
    private final List<String> asked = new ArrayList<>();

    @Test
    void keysAreCompletedWithoutAQuestion() {
        assertThat(completion(false).of("p")).containsExactly("port:", "protocol:", "policy:");
        assertThat(completion(false).of("!to"))
                .containsExactly("!to:", "!to.ip:", "!to.workload:", "!to.label:", "!to.port:");
        assertThat(completion(false).of("colour")).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void theOnlyKeyBringsItsValues() {
        assertThat(completion(false).of("ho", "web-1", "web-2")).containsExactly("host:web-1", "host:web-2");
        assertThat(completion(false).of("ho")).containsExactly("host:");
        assertThat(asked).containsExactly("HOST ", "HOST ");
    }

    @Test
    void theLastValueOfATermIsCompletedWithoutItsSide() {
        assertThat(completion(false).of("!from.workload:api,w", "web")).containsExactly("!from.workload:api,web");
        assertThat(completion(false).of("label:app=w", "app=web")).containsExactly("label:app=web");
        assertThat(asked).containsExactly("WORKLOAD w", "LABEL app=w");
    }

    @Test
    void whatAShellWouldTakeApartIsLeftOut() {
        assertThat(completion(false)
                        .of(
                                "any:",
                                "web",
                                "$(reboot)",
                                "`reboot`",
                                "a b",
                                "\"a b\"",
                                "a;b",
                                "a&b",
                                "a|b",
                                "~",
                                "a*",
                                "a\nb",
                                "Jörg"))
                .containsExactly("any:web", "any:Jörg");
    }

    @Test
    void eventsHaveAddressesAndNoNames() {
        assertThat(completion(true).of("from:10.", "10.0.0.1")).containsExactly("from:10.0.0.1");
        assertThat(completion(true).of("from.")).containsExactly("from.ip:", "from.port:");
        assertThat(completion(true).of("workload:w", "web")).isEmpty();
        assertThat(asked).containsExactly("IP 10.");
    }

    private Asking completion(boolean ofEvents) {
        return (typed, values) -> new FilterCompletion(ofEvents, (FilterKey key, String prefix) -> {
                    asked.add(key + " " + prefix);
                    return List.of(values);
                })
                .of(typed);
    }

    @FunctionalInterface
    private interface Asking {
        List<String> of(String typed, String... values);
    }
}
