package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.HostNetwork;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Prefix;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The network namespace of this process. The host is known by the addresses of the interfaces that it enforces on, unless
 * it is configured by which: what other interfaces have, such as container bridges, often is the same on many hosts, and
 * an address that carries the labels of another host opens what was meant for that one.
 */
public final class KernelNetwork implements HostNetwork {
    private final List<String> interfaces;
    private final Optional<List<Prefix>> chosen;

    /**
     * @param interfaces that the host enforces on
     * @param chosen the networks whose addresses count, on whichever interface; empty for those of the interfaces above
     */
    public KernelNetwork(List<String> interfaces, Optional<List<Prefix>> chosen) {
        this.interfaces = List.copyOf(interfaces);
        this.chosen = requireNonNull(chosen, "chosen is null");
    }

    @Override
    public Seen look() throws IOException {
        return new Seen(present(), addresses());
    }

    private List<String> present() throws IOException {
        try {
            Collection<String> there = NetDevices.names().values();
            return interfaces.stream().filter(there::contains).toList();
        } catch (BpfException e) {
            throw new IOException("the interfaces cannot be listed: " + e.getMessage(), e);
        }
    }

    private List<String> addresses() throws IOException {
        Predicate<NetworkInterface> counts = each -> chosen.isPresent() || interfaces.contains(each.getName());
        return NetworkInterface.networkInterfaces()
                .filter(counts)
                .flatMap(NetworkInterface::inetAddresses)
                .filter(KernelNetwork::isKnownElsewhere)
                .map(InetAddress::getAddress)
                .filter(address ->
                        chosen.isEmpty() || chosen.get().stream().anyMatch(prefix -> prefix.contains(address)))
                .map(Addresses::format)
                .sorted()
                .distinct()
                .toList();
    }

    private static boolean isKnownElsewhere(InetAddress address) {
        return !address.isLoopbackAddress()
                && !address.isLinkLocalAddress()
                && !address.isAnyLocalAddress()
                && !address.isMulticastAddress();
    }
}
