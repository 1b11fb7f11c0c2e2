package io.aegisflux.segmentation.engine.classbench;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Flows for a table of {@link ClassBench}: half of them lie in the box of a rule, as often in a corner of it as not, the
 * others anywhere in the space that is used. They come in on {@code eth0}, or leave by it where that is the rule's
 * direction. The same arguments make the same flows.
 */
public final class Trace {
    private static final int[] PROTOCOLS = {6, 6, 6, 17, 17, 1, 132, 47};
    private static final NumberRange BYTE = new NumberRange(0, 0xFF);

    private final RuleTable table;
    private final int ipVersion;
    private final SplittableRandom random;
    private final AddressTree addresses;

    /** @param ipVersion 4 or 6, of all flows */
    public Trace(RuleTable table, int ipVersion, long seed) {
        this.table = requireNonNull(table, "table is null");
        this.ipVersion = ipVersion;
        this.random = new SplittableRandom(seed);
        this.addresses = new AddressTree(ipVersion, 50, seed);
    }

    public PacketTuple next() {
        if (table.rules().isEmpty() || random.nextBoolean()) {
            return flow(Direction.INGRESS, null, null, null, null, null, null);
        }
        TableRule rule = table.rules().get(random.nextInt(table.rules().size()));
        return flow(
                rule.direction() == Direction.EGRESS ? Direction.EGRESS : Direction.INGRESS,
                rule.protocols(),
                rule.sources(),
                rule.destinations(),
                rule.sourcePorts(),
                rule.destPorts(),
                rule.icmpTypes());
    }

    private PacketTuple flow(
            Direction direction,
            List<NumberRange> protocols,
            List<Prefix> sources,
            List<Prefix> destinations,
            List<NumberRange> sourcePorts,
            List<NumberRange> destPorts,
            List<NumberRange> icmpTypes) {
        int protocol = protocols == null ? protocol() : protocols.getFirst().low();
        boolean icmp = protocol == Profile.Protocol.ICMP.number(ipVersion);
        boolean ports = protocol == 6 || protocol == 17 || protocol == 132;
        return new PacketTuple(
                direction,
                address(sources),
                address(destinations),
                protocol,
                ports ? number(sourcePorts, NumberRange.ANY) : null,
                ports ? number(destPorts, NumberRange.ANY) : null,
                icmp ? number(icmpTypes, BYTE) : null,
                icmp ? number(null, BYTE) : null,
                "eth0");
    }

    private int protocol() {
        int protocol = PROTOCOLS[random.nextInt(PROTOCOLS.length)];
        return protocol == 1 ? Profile.Protocol.ICMP.number(ipVersion) : protocol;
    }

    /** The lower end, the upper end, or (half the time) anything between. */
    private int number(List<NumberRange> ranges, NumberRange all) {
        NumberRange range = ranges == null ? all : ranges.get(random.nextInt(ranges.size()));
        return switch (random.nextInt(4)) {
            case 0 -> range.low();
            case 1 -> range.high();
            default -> range.low() + random.nextInt(range.high() - range.low() + 1);
        };
    }

    private String address(List<Prefix> prefixes) {
        Prefix any = addresses.uniform(random);
        if (prefixes == null) {
            return text(any.high(), any.low());
        }
        Prefix prefix = prefixes.get(random.nextInt(prefixes.size()));
        long hostHigh = prefix.length() >= 64 ? 0 : -1L >>> prefix.length();
        long hostLow = prefix.length() <= 64 ? -1L : prefix.length() == 128 ? 0 : -1L >>> prefix.length() - 64;
        return switch (random.nextInt(4)) {
            case 0 -> text(prefix.high(), prefix.low());
            case 1 -> text(prefix.high() | hostHigh, prefix.low() | hostLow);
            default -> text(prefix.high() | any.high() & hostHigh, prefix.low() | any.low() & hostLow);
        };
    }

    /** IPv4 in the upper half of high, as in {@link Prefix}. */
    private String text(long high, long low) {
        return Addresses.format(
                ipVersion == 4
                        ? new Prefix(high >>> 32 << 32, 0, 32, 4).address()
                        : new Prefix(high, low, 128, 6).address());
    }
}
