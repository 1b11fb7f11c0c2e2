package io.aegisflux.segmentation.nats;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.nats.client.ConsumeOptions;
import io.nats.client.ConsumerContext;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.StreamContext;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.StreamState;
import io.nats.client.impl.NatsJetStreamMetaData;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Reads one partition of a stream and puts down what the messages of each second come to, into {@link Streams#PARTIALS} with
 * the number of the last message that is in it; only then they are acknowledged. The next reader, of whichever instance, goes
 * on behind that number. What is put down replaces the partition's last by compare-and-set, so of two readers that both
 * believe it is their turn one is refused, drops what it has, and looks again. So each message is in one sum, whoever dies.
 *
 * <p>A reader has a durable consumer of its own, which the broker forgets when nobody pulls for a while: with one of all
 * instances, who was thought dead could still pull messages away from who came after.
 */
public final class PartitionReader implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PartitionReader.class.getName());
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** How long after its end a message of a second may be delivered. */
    private static final Duration GRACE = Duration.ofMillis(100);

    /** Messages of one sum: so much is lost work when somebody else was faster. */
    private static final int MOST = 20_000;

    private static final int MOST_UNACKNOWLEDGED = 2 * MOST;
    private static final Duration UNACKNOWLEDGED = Duration.ofMinutes(1);
    private static final Duration FORGOTTEN = Duration.ofMinutes(5);

    private final Bus bus;
    private final Settings settings;
    private final Work work;
    private final PoisonReports refusals;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile String trouble = "not connected yet";
    private volatile long pending;

    /**
     * @param part the partition among all sources, one token, e.g. {@code events-7}
     * @param stream that is read
     * @param filter the partition's subjects in the stream
     * @param back so long before now a partition begins of which nothing was ever put down
     * @param ahead messages that are fetched ahead
     */
    public record Settings(String part, String stream, String filter, Duration back, int ahead) {}

    /** What is made of a partition's messages. */
    public interface Work {
        /**
         * A sum begins.
         *
         * @param second its begin
         */
        Sum begin(Instant second);

        /**
         * Up to which message a sum goes.
         *
         * @param data what {@link Sum#data} returned
         */
        long through(byte[] data);

        /**
         * Reading begins behind this sum.
         *
         * @param sequence of the sum in {@link Streams#PARTIALS}; 0 when there is none
         */
        void follows(long sequence) throws InterruptedException;
    }

    /** What messages of one second come to. */
    public interface Sum {
        /**
         * Takes a message.
         *
         * @throws RuntimeException for one that cannot be used: it is reported and passed over
         */
        void take(byte[] payload, NatsMetadata metadata);

        /**
         * As it is put down.
         *
         * @param through number of the last message
         */
        byte[] data(long through);
    }

    public PartitionReader(Bus bus, Settings settings, Work work) {
        this.bus = requireNonNull(bus, "bus is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.work = requireNonNull(work, "work is null");
        this.refusals = new PoisonReports(bus, bus.settings().clientName(), settings.part(), settings.stream());
        this.thread = Thread.ofVirtual().name("read-" + settings.part()).unstarted(this::run);
    }

    public PartitionReader start() {
        thread.start();
        return this;
    }

    /** Null while all is well, else why nothing is read. */
    public String trouble() {
        return trouble;
    }

    /** Messages of the partition that were not read yet, as of the last one that was. */
    public long pending() {
        return pending;
    }

    /** Begins to stop; what was taken and not put down is the next reader's. */
    public void stop() {
        stopped = true;
        thread.interrupt();
    }

    /** Stops, and waits a little until the broker knows. */
    @Override
    public void close() {
        stop();
        try {
            thread.join(POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!stopped) {
            try {
                new Turn().read();
            } catch (InterruptedException e) {
                return;
            } catch (SequenceConflictException e) {
                LOG.log(Level.FINE, "another instance reads {0}, too", settings.part());
            } catch (Exception e) {
                troubled(e);
            }
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void troubled(Exception e) {
        if (!stopped) {
            trouble = e.getMessage();
            LOG.log(Level.WARNING, "reading {0} pauses: {1}", new Object[] {settings.part(), e.getMessage()});
        }
    }

    /** Reading from where the last sum ends until something goes wrong. */
    private final class Turn {
        private final String subject = Subjects.partial(settings.part());
        private long sumSequence;
        private long through;
        private long delivered;
        private Sum sum;
        private Instant second;
        private long due;
        private int messages;
        private Message last;

        void read() throws Exception {
            long interruptions = bus.interruptions();
            Optional<StoredMessage> before = bus.last(Streams.PARTIALS, subject);
            sumSequence = before.map(StoredMessage::sequence).orElse(0L);
            through = before.map(put -> work.through(put.data())).orElse(0L);
            work.follows(sumSequence);
            StreamContext stream = bus.connection().getStreamContext(settings.stream());
            ConsumerContext consumer = stream.createOrUpdateConsumer(consumer(stream));
            ConsumeOptions ahead =
                    ConsumeOptions.builder().batchSize(settings.ahead()).build();
            try (IterableConsumer arriving = consumer.iterate(ahead)) {
                trouble = null;
                while (!stopped && bus.interruptions() == interruptions) {
                    Message message = arriving.nextMessage(patience());
                    if (message != null) {
                        take(message);
                    } else if (arriving.isFinished()) {
                        throw new IllegalStateException("the broker ended the consumer of " + settings.part());
                    } else {
                        pending = 0;
                    }
                    if (sum != null && System.nanoTime() - due >= 0) {
                        put();
                    }
                }
            } finally {
                forget(stream, consumer.getConsumerName());
            }
        }

        private ConsumerConfiguration consumer(StreamContext stream) throws IOException, JetStreamApiException {
            ConsumerConfiguration.Builder consumer = ConsumerConfiguration.builder()
                    .durable("%s-%s-%s".formatted(bus.settings().clientName(), settings.part(), UUID.randomUUID()))
                    .filterSubject(settings.filter())
                    .ackPolicy(AckPolicy.All)
                    .ackWait(UNACKNOWLEDGED)
                    .maxAckPending(MOST_UNACKNOWLEDGED)
                    .inactiveThreshold(FORGOTTEN);
            if (sumSequence == 0) {
                return consumer.deliverPolicy(DeliverPolicy.ByStartTime)
                        .startTime(begin().atZone(ZoneOffset.UTC))
                        .build();
            }
            if (stream.getStreamInfo().getStreamState().getLastSequence() < through) {
                through = 0; // a stream that was made anew is all news
            }
            return consumer.deliverPolicy(DeliverPolicy.ByStartSequence)
                    .startSequence(through + 1)
                    .build();
        }

        /**
         * Where a partition begins of which the stream of sums holds none. When sums were given up there, for its size, the
         * partition's last may be among them: what that told of is older than the oldest sum that is held.
         */
        private Instant begin() throws IOException, JetStreamApiException {
            Instant back = Instant.now().minus(settings.back());
            StreamState sums = bus.connection()
                    .getStreamContext(Streams.PARTIALS)
                    .getStreamInfo()
                    .getStreamState();
            boolean isWhole = sums.getFirstSequence() <= 1 || sums.getMsgCount() == 0;
            Instant oldest = isWhole ? back : sums.getFirstTime().toInstant();
            return oldest.isAfter(back) ? oldest : back;
        }

        private Duration patience() {
            return sum == null ? POLL : Duration.ofNanos(Math.max(1_000_000, due - System.nanoTime()));
        }

        private void take(Message message) throws InterruptedException {
            NatsJetStreamMetaData position = message.metaData();
            if (position.consumerSequence() != ++delivered) {
                throw new IllegalStateException("messages of %s did not come".formatted(settings.part()));
            }
            if (position.streamSequence() <= through) {
                return; // delivered again
            }
            NatsMetadata metadata = NatsMetadata.of(message);
            if (sum != null && (messages == MOST || isAfter(metadata.timestamp()))) {
                put();
            }
            if (sum == null) {
                begin(metadata.timestamp());
            }
            messages++;
            last = message;
            through = metadata.sequence();
            pending = metadata.pending();
            try {
                sum.take(message.getData(), metadata);
            } catch (RuntimeException e) {
                refusals.report(metadata, e);
            }
        }

        private boolean isAfter(Instant time) {
            return time.getEpochSecond() > second.getEpochSecond();
        }

        private void begin(Instant first) {
            second = Instant.ofEpochSecond(first.getEpochSecond());
            long age = Math.clamp(first.getNano(), 0, SECOND.toNanos());
            due = System.nanoTime() + SECOND.toNanos() - age + GRACE.toNanos();
            sum = work.begin(second);
            messages = 0;
        }

        private void put() {
            sumSequence = bus.publishExpecting(subject, sum.data(through), null, sumSequence)
                    .getSeqno();
            last.ack();
            sum = null;
        }
    }

    private void forget(StreamContext stream, String consumer) {
        Thread.interrupted(); // what stops the reader does not stop this
        try {
            if (bus.isConnected()) {
                stream.deleteConsumer(consumer);
            }
        } catch (IOException | JetStreamApiException | RuntimeException e) {
            LOG.log(Level.FINE, "the broker forgets it by itself: " + consumer, e);
        }
    }
}
