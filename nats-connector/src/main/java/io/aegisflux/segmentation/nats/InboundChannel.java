package io.aegisflux.segmentation.nats;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** An incoming channel at work: what feeds it, and how it stands. */
interface InboundChannel extends ChannelState {
    /** Reads until {@link #stop()}, on the calling thread. */
    void run(Receiver receiver);

    void stop();

    /** Takes a message. */
    interface Receiver {
        /**
         * @param done to be called once, with null or what went wrong
         */
        void receive(byte[] payload, NatsMetadata metadata, Function<Throwable, CompletionStage<Void>> done);
    }
}
