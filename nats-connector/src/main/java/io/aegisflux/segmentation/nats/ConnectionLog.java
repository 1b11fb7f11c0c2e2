package io.aegisflux.segmentation.nats;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Tells the log of a connection's life in one line an event; what the client tries while its broker is away is no news. */
@SuppressWarnings("deprecation") // the only abstract method of the interface is
final class ConnectionLog implements ConnectionListener, ErrorListener {
    private static final Logger LOG = Logger.getLogger("nats");

    @Override
    public void connectionEvent(Connection connection, Events type) {
        switch (type) {
            case DISCONNECTED -> LOG.warning("the broker is away");
            case RECONNECTED -> LOG.log(Level.INFO, "the broker is back: {0}", connection.getConnectedUrl());
            case LAME_DUCK -> LOG.info("the broker is about to leave");
            default -> LOG.log(Level.FINE, "{0}", type);
        }
    }

    /** The server's own words: a permission that lacks, among others. */
    @Override
    public void errorOccurred(Connection connection, String error) {
        LOG.log(Level.WARNING, "the broker refuses: {0}", error);
    }

    @Override
    public void exceptionOccurred(Connection connection, Exception exception) {
        LOG.log(Level.FINE, "the connection", exception);
    }

    @Override
    public void slowConsumerDetected(Connection connection, Consumer consumer) {
        LOG.log(Level.WARNING, "messages are dropped: {0} wait to be read", consumer.getPendingMessageCount());
    }
}
