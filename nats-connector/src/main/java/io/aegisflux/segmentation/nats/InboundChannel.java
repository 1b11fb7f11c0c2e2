package io.aegisflux.segmentation.nats;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** An incoming channel at work: what feeds it, and how it stands. */
interface InboundChannel {
    /** The channel's name. */
    String name();

    /** The stream it reads. */
    String stream();

    /** Reads until {@link #stop()}, on the calling thread. */
    void run(Receiver receiver);

    void stop();

    /** Null while all is well, else why nothing comes. */
    String trouble();

    /** Messages the consumer has not seen yet, as of the last one that it saw. */
    long pending();

    /** Takes a message. */
    interface Receiver {
        /**
         * @param done to be called once, with null or what went wrong
         */
        void receive(byte[] payload, NatsMetadata metadata, Function<Throwable, CompletionStage<Void>> done);
    }
}
