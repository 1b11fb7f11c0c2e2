package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.aegisflux.segmentation.agent.config.AgentConfig;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.InterfaceMatch;
import io.aegisflux.segmentation.contracts.TableRule;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which bit of a box stands for which interface. An interface has its bit by name, so it keeps it when it goes and comes
 * back with another index.
 */
final class Interfaces {
    /** One bit is for packets of interfaces that have none. */
    static final int BITS = AgentConfig.MOST_INTERFACES;

    private static final long ALL = -1L;
    private static final long UNKNOWN = Long.MIN_VALUE;
    private static final int FLAG_L3 = 1;
    private static final int FLAG_LOOPBACK = 2;
    private static final int FLAG_ONLY_IP = 4;

    private final List<String> configured;
    private final boolean isOnlyIp;
    private volatile Map<Integer, String> nameOfIndex = Map.of();

    /**
     * @param configured at most as many as there are bits, which {@link AgentConfig} sees to
     * @param nonIp what happens to frames that are neither IP nor ARP
     */
    Interfaces(List<String> configured, Action nonIp) {
        this.isOnlyIp = nonIp == Action.DENY;
        this.configured = List.copyOf(configured);
    }

    /** The interfaces by their bits, where those of a generation keep theirs. */
    List<String> bitsAfter(List<String> before) {
        List<String> bits = new ArrayList<>(before);
        for (String name : configured) {
            if (bits.contains(name)) {
                continue;
            }
            if (bits.size() < BITS) {
                bits.add(name);
            } else {
                bits.set(firstUnconfigured(bits), name);
            }
        }
        return List.copyOf(bits);
    }

    /** The bits that stand for no interface when these have some. An interface that is new gets the lowest of them. */
    static long free(List<String> bits) {
        return -1L << bits.size() & ~UNKNOWN;
    }

    /** The bits of the interfaces that a rule is about; all bits when it does not ask. */
    static long mask(TableRule rule, List<String> bits) {
        if (rule.interfaces() == null) {
            return ALL;
        }
        long mask = 0;
        for (int bit = 0; bit < bits.size(); bit++) {
            String name = bits.get(bit);
            if (matches(rule.interfaces(), name)) {
                mask |= 1L << bit;
            }
        }
        return mask;
    }

    /** Tells the programs which interfaces are there now, and what their packets begin with. */
    void write(BpfMap map, List<String> bits) throws BpfException {
        Map<Integer, String> names = new HashMap<>();
        Map<ByteBuffer, Entry> entries = new HashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            for (String name : configured) {
                Optional<NetDevices.Device> device = NetDevices.find(name);
                if (device.isPresent()) {
                    int index = device.get().index();
                    names.put(index, name);
                    entries.put(
                            MapContent.key(DatapathMaps.key(arena, index)),
                            new Entry(
                                    1L << bits.indexOf(name), flags(device.get().kind())));
                }
            }
        }
        MapContent.replace(map, entries, (value, entry) -> {
            value.set(JAVA_LONG, Structs.offset(Structs.INTERFACE, "bit"), entry.bit);
            value.set(JAVA_INT, Structs.offset(Structs.INTERFACE, "flags"), entry.flags);
        });
        nameOfIndex = Map.copyOf(names);
    }

    private record Entry(long bit, int flags) {}

    /** The name of a configured interface by its index; empty for any other. */
    Optional<String> name(int ifindex) {
        return Optional.ofNullable(nameOfIndex.get(ifindex));
    }

    /** There is one: no more are configured than there are bits. */
    private int firstUnconfigured(List<String> bits) {
        for (int bit = 0; bit < bits.size(); bit++) {
            if (!configured.contains(bits.get(bit))) {
                return bit;
            }
        }
        throw new IllegalStateException("every bit is taken");
    }

    private int flags(NetDevices.Kind kind) {
        int ofKind = switch (kind) {
            case ETHERNET -> 0;
            case L3 -> FLAG_L3;
            case LOOPBACK -> FLAG_LOOPBACK;
        };
        return ofKind | (isOnlyIp ? FLAG_ONLY_IP : 0);
    }

    private static boolean matches(List<InterfaceMatch> conditions, String name) {
        return conditions.stream().allMatch(condition -> condition.matches(name));
    }
}
