package io.aegisflux.segmentation.agent.messaging;

import io.aegisflux.segmentation.agent.domain.FailsafeEntry;
import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Prefix;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The peers that no policy may cut: every address of every configured broker at its port, and the management prefixes.
 * Brokers that a broker announces are left out: who holds a broker could exempt any address from policy with them.
 */
public final class BrokerAddresses {
    private static final System.Logger LOG = System.getLogger(BrokerAddresses.class.getName());
    private static final int TCP = 6;
    private static final int DEFAULT_PORT = 4222;

    private final List<URI> brokers;
    private final List<Prefix> management;
    private final Map<URI, Set<FailsafeEntry>> lastResolved = new HashMap<>();

    /**
     * @param urls of brokers, with or without a scheme
     * @param management passed with every protocol and port
     */
    public BrokerAddresses(List<String> urls, List<Prefix> management) {
        this.brokers = urls.stream()
                .map(url -> URI.create(url.contains("://") ? url : "nats://" + url))
                .toList();
        this.management = List.copyOf(management);
    }

    /** The entries that no name server is needed for. */
    public Set<FailsafeEntry> literals() {
        Set<FailsafeEntry> entries = new HashSet<>(managementEntries());
        for (URI broker : brokers) {
            try {
                entries.add(entry(Addresses.parse(host(broker)), port(broker)));
            } catch (IllegalArgumentException e) {
                LOG.log(Level.DEBUG, "{0} is a name", broker.getHost());
            }
        }
        return entries;
    }

    /** All entries now; a name that does not resolve keeps the addresses it had. May wait for a name server. */
    public Set<FailsafeEntry> resolve() {
        Set<FailsafeEntry> entries = new HashSet<>(managementEntries());
        for (URI broker : brokers) {
            try {
                Set<FailsafeEntry> addresses = new HashSet<>();
                for (InetAddress address : InetAddress.getAllByName(host(broker))) {
                    addresses.add(entry(address.getAddress(), port(broker)));
                }
                lastResolved.put(broker, addresses);
            } catch (UnknownHostException e) {
                LOG.log(Level.DEBUG, "{0} does not resolve now", broker.getHost());
            }
            entries.addAll(lastResolved.getOrDefault(broker, Set.of()));
        }
        return entries;
    }

    private List<FailsafeEntry> managementEntries() {
        List<FailsafeEntry> entries = new ArrayList<>();
        management.forEach(prefix -> entries.add(new FailsafeEntry(prefix, 0, 0)));
        return entries;
    }

    private static FailsafeEntry entry(byte[] address, int port) {
        return new FailsafeEntry(Prefix.of(address, address.length * 8), TCP, port);
    }

    private static String host(URI broker) {
        return broker.getHost().replaceAll("[\\[\\]]", "");
    }

    private static int port(URI broker) {
        return broker.getPort() > 0 ? broker.getPort() : DEFAULT_PORT;
    }
}
