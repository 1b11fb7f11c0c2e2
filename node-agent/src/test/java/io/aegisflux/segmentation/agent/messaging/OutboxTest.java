package io.aegisflux.segmentation.agent.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.nats.BatchRefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final List<Integer> ALL = IntStream.range(0, 1_200).boxed().toList();

    private final List<Integer> alone = new CopyOnWriteArrayList<>();
    private final List<List<Integer>> together = new CopyOnWriteArrayList<>();

    /** Sends all, which wait before it begins. */
    private void sendAll(Function<List<Integer>, CompletableFuture<?>> sendTogether) {
        Function<Integer, CompletableFuture<?>> send = item -> {
            alone.add(item);
            return CompletableFuture.completedFuture(null);
        };
        try (Outbox<Integer> outbox = new Outbox<>("test", ALL.size(), () -> true, send).together(sendTogether)) {
            ALL.forEach(outbox::offer);
            outbox.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> outbox.size() == 0);
            assertThat(outbox.dropped()).isZero();
        }
    }

    private CompletableFuture<?> take(List<Integer> items) {
        together.add(List.copyOf(items));
        return CompletableFuture.completedFuture(null);
    }

    private List<Integer> sent() {
        List<Integer> sent = new ArrayList<>();
        together.forEach(sent::addAll);
        sent.addAll(alone);
        return sent;
    }

    @Test
    void sendsManyTogetherInOrder() {
        sendAll(this::take);
        assertThat(together).extracting(List::size).containsExactly(500, 500, 200);
        assertThat(sent()).isEqualTo(ALL);
    }

    @Test
    void sendsOneByOneWhatTheBrokerRefusesTogether() {
        sendAll(items -> {
            take(items);
            return CompletableFuture.failedFuture(new BatchRefusedException("not here", null));
        });
        assertThat(together).as("is not asked again at once").hasSize(1);
        assertThat(alone).isEqualTo(ALL);
    }

    @Test
    void sendsAgainTogetherWhatIsNotAcknowledged() {
        List<List<Integer>> failed = new CopyOnWriteArrayList<>();
        sendAll(items -> {
            if (failed.isEmpty()) {
                failed.add(List.copyOf(items));
                return CompletableFuture.failedFuture(new IOException("the connection is gone"));
            }
            return take(items);
        });
        assertThat(together.getFirst()).isEqualTo(failed.getFirst());
        assertThat(sent()).isEqualTo(ALL);
    }
}
