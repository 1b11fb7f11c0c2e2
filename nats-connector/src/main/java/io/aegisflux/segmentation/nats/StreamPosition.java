package io.aegisflux.segmentation.nats;

import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.api.StreamInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** How far a reader has come in a stream, and with it where its next consumer begins. For one thread at a time. */
final class StreamPosition {
    private static final long NOTHING = -1;

    private final From from;
    private final Instant begin = Instant.now();
    private ZonedDateTime streamMade;
    private volatile long lastSeen = NOTHING;

    /** Where in a stream a reader begins. */
    sealed interface From {
        /** The oldest message that is held. */
        record Oldest() implements From {}

        /** The last message of each subject. */
        record LastOfEach() implements From {}

        /** Only what comes after the first connection. */
        record Now() implements From {}

        /** What was stored so long before the start of the process, from the whole second on. */
        record Back(Duration duration) implements From {}

        /**
         * @param word all, new, last-per-subject, or an ISO-8601 duration
         * @throws java.time.format.DateTimeParseException when it is none of these
         */
        static From of(String word) {
            return switch (word) {
                case "all" -> new Oldest();
                case "new" -> new Now();
                case "last-per-subject" -> new LastOfEach();
                default -> new Back(Duration.parse(word));
            };
        }
    }

    StreamPosition(From from) {
        this.from = from;
    }

    /** This message was handled. */
    void passed(long sequence) {
        lastSeen = sequence;
    }

    /**
     * The consumer of what comes next: after the last message that was handled, as long as it is still the same stream.
     *
     * @param filters subjects
     */
    OrderedConsumerConfiguration next(StreamInfo stream, List<String> filters) {
        long last = stream.getStreamState().getLastSequence();
        boolean remade = streamMade != null && (!stream.getCreateTime().equals(streamMade) || last < lastSeen);
        streamMade = stream.getCreateTime();
        if (remade) {
            lastSeen = NOTHING;
        } else if (lastSeen == NOTHING && from instanceof From.Now) {
            lastSeen = last;
        }
        var consumer = new OrderedConsumerConfiguration().filterSubjects(filters);
        if (lastSeen != NOTHING) {
            return consumer.deliverPolicy(DeliverPolicy.ByStartSequence).startSequence(lastSeen + 1);
        }
        if (from instanceof From.LastOfEach) {
            return consumer.deliverPolicy(DeliverPolicy.LastPerSubject);
        }
        if (from instanceof From.Back(Duration back) && !remade) {
            return consumer.deliverPolicy(DeliverPolicy.ByStartTime)
                    .startTime(begin.minus(back).truncatedTo(ChronoUnit.SECONDS).atZone(ZoneOffset.UTC));
        }
        return consumer.deliverPolicy(DeliverPolicy.All); // a stream that was made anew is all news
    }
}
