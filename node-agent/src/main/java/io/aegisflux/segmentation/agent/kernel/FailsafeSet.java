package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.FailsafeEntry;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.contracts.Prefix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes the peers that no policy may cut. The map finds the longest prefix of an address alone, so each prefix holds
 * the ports of those it lies in as well.
 */
final class FailsafeSet {
    private static final int FAMILY_BITS = 32;

    private FailsafeSet() {}

    private record Port(int protocol, int port) {
        static final Port ANY = new Port(0, 0);
    }

    /**
     * Replaces the set; at no time is a peer missing that both the old and the new set have.
     *
     * @throws DatapathException when it does not fit, with figures; the old one stays then
     */
    static void write(BpfMap map, Set<FailsafeEntry> entries) throws DatapathException, BpfException {
        Map<Prefix, Set<Port>> ports = new HashMap<>();
        for (FailsafeEntry entry : entries) {
            ports.put(entry.peer(), portsAt(entry.peer(), entries));
        }
        if (ports.size() > Structs.FAILSAFE_MAX) {
            throw new DatapathException(
                    "the failsafe set has %d networks, at most %d fit".formatted(ports.size(), Structs.FAILSAFE_MAX),
                    "",
                    null);
        }
        for (Map.Entry<Prefix, Set<Port>> each : ports.entrySet()) {
            if (each.getValue().size() > Structs.FAILSAFE_PORTS) {
                throw new DatapathException(
                        "the failsafe set has %d ports of %s, at most %d fit"
                                .formatted(each.getValue().size(), each.getKey(), Structs.FAILSAFE_PORTS),
                        "",
                        null);
            }
        }
        Map<ByteBuffer, List<Port>> byKey = new HashMap<>();
        ports.forEach((prefix, at) -> byKey.put(key(prefix), List.copyOf(at)));
        MapContent.replace(map, byKey, FailsafeSet::fill);
    }

    private static Set<Port> portsAt(Prefix peer, Set<FailsafeEntry> entries) {
        Set<Port> ports = new LinkedHashSet<>();
        for (FailsafeEntry entry : entries) {
            if (entry.peer().length() <= peer.length() && entry.peer().contains(peer.address())) {
                ports.add(new Port(entry.protocol(), entry.port()));
            }
        }
        return ports.contains(Port.ANY) ? Set.of(Port.ANY) : ports;
    }

    private static ByteBuffer key(Prefix prefix) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(Structs.FAILSAFE_KEY);
            byte[] address = prefix.address();
            key.set(JAVA_INT, Structs.offset(Structs.FAILSAFE_KEY, "prefix_length"), FAMILY_BITS + prefix.length());
            key.set(JAVA_INT, Structs.offset(Structs.FAILSAFE_KEY, "family"), prefix.ipVersion());
            MemorySegment.copy(
                    address, 0, key, JAVA_BYTE, Structs.offset(Structs.FAILSAFE_KEY, "peer"), address.length);
            return MapContent.key(key);
        }
    }

    private static void fill(MemorySegment value, List<Port> ports) {
        value.fill((byte) 0);
        value.set(JAVA_INT, Structs.offset(Structs.FAILSAFE_VALUE, "count"), ports.size());
        long at = Structs.offset(Structs.FAILSAFE_VALUE, "port");
        for (Port port : ports) {
            value.set(JAVA_SHORT, at + Structs.offset(Structs.FAILSAFE_PORT, "port"), (short) port.port());
            value.set(JAVA_BYTE, at + Structs.offset(Structs.FAILSAFE_PORT, "proto"), (byte) port.protocol());
            at += Structs.FAILSAFE_PORT.byteSize();
        }
    }
}
