package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.Protocols;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import io.aegisflux.segmentation.engine.evaluation.Judgement;
import io.aegisflux.segmentation.engine.space.RuleBox;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Packets that the candidate must judge as policy-engine does before it may come into force: the lowest and the highest
 * corner of rules all over the table, and one that is in none of them.
 */
final class GoldenPackets {
    /** Of how many rules packets are made, spread evenly over the table. */
    private static final int RULES = 48;

    private static final int ANY_PROTOCOL = 6;

    private final Kernel kernel;

    GoldenPackets(Kernel kernel) {
        this.kernel = requireNonNull(kernel, "kernel is null");
    }

    /**
     * Tries the candidate.
     *
     * @param now the instant for which it was lowered
     * @throws DatapathException naming the packet and both decisions when one differs
     */
    void requireEqualVerdicts(Book candidate, Instant now) throws DatapathException, BpfException {
        requireEqual(candidate, packets(candidate), now);
    }

    /** As above, with packets of rules that may have changed. */
    void requireEqualVerdicts(Book candidate, List<TableRule> changed, Instant now)
            throws DatapathException, BpfException {
        List<PacketTuple> packets = new ArrayList<>();
        changed.forEach(rule -> packets.addAll(corners(rule, candidate.interfaces())));
        requireEqual(candidate, packets, now);
    }

    private void requireEqual(Book candidate, List<PacketTuple> packets, Instant now)
            throws DatapathException, BpfException {
        Evaluator evaluator = Evaluator.forFew(candidate.table());
        try (GoldenRun run = new GoldenRun(kernel)) {
            for (PacketTuple packet : packets) {
                Judgement expected = evaluator.judge(packet, now);
                Trial found = run.judge(packet, candidate.interfaces(), GoldenRun.Failsafe.IGNORED);
                if (!agree(expected, found, candidate)) {
                    throw new DatapathException(
                            "the kernel judges a golden packet otherwise than the policy says, so the switch is off:"
                                    + " %s is %s by slot %d, wanted %s by rule %d"
                                            .formatted(
                                                    packet,
                                                    found.verdict().wireName(),
                                                    found.rule(),
                                                    expected.action().wireName(),
                                                    expected.rule()),
                            "",
                            null);
                }
            }
        }
    }

    static boolean agree(Judgement expected, Trial found, Book book) {
        int slot =
                expected.rule() == Judgement.NONE ? Book.NO_SLOT : book.slots().get(expected.rule());
        boolean dropped = found.verdict() == Verdict.DROPPED;
        return dropped == (expected.action() == Action.DENY) && found.rule() == slot;
    }

    private static List<PacketTuple> packets(Book book) {
        List<PacketTuple> packets = new ArrayList<>();
        List<TableRule> rules = book.table().rules();
        int step = Math.max(1, rules.size() / RULES);
        for (int i = 0; i < rules.size(); i += step) {
            packets.addAll(corners(rules.get(i), book.interfaces()));
        }
        packets.add(new PacketTuple(
                Direction.INGRESS, "192.0.2.1", "192.0.2.2", ANY_PROTOCOL, 1, 1, null, null, null)); // RFC 5737
        packets.add(new PacketTuple(
                Direction.EGRESS, "2001:db8::1", "2001:db8::2", ANY_PROTOCOL, 1, 1, null, null, null)); // RFC 3849
        return packets;
    }

    private static List<PacketTuple> corners(TableRule rule, List<String> interfaces) {
        List<PacketTuple> corners = new ArrayList<>();
        for (int ipVersion : new int[] {4, 6}) {
            for (boolean high : new boolean[] {false, true}) {
                if (RuleBox.count(rule, ipVersion) > 0) {
                    corners.add(corner(rule, ipVersion, high, interfaces));
                }
            }
        }
        corners.removeIf(packet -> !PacketBytes.canBe(packet));
        return corners;
    }

    private static PacketTuple corner(TableRule rule, int ipVersion, boolean high, List<String> interfaces) {
        int protocol = protocol(rule, ipVersion, high);
        boolean ports = Protocols.hasPorts(protocol);
        boolean icmp = Protocols.isIcmp(protocol);
        return new PacketTuple(
                rule.direction() == Direction.EGRESS ? Direction.EGRESS : Direction.INGRESS,
                address(rule.sources(), ipVersion, high),
                address(rule.destinations(), ipVersion, high),
                protocol,
                ports ? end(rule.sourcePorts(), high, 0xFFFF) : null,
                ports ? end(rule.destPorts(), high, 0xFFFF) : null,
                icmp ? end(rule.icmpTypes(), high, 0xFF) : null,
                icmp ? end(rule.icmpCodes(), high, 0xFF) : null,
                interfaceName(rule, interfaces));
    }

    /** One that the rule's other members make sense with. */
    private static int protocol(TableRule rule, int ipVersion, boolean high) {
        if (rule.protocols() != null) {
            return end(rule.protocols(), high, 0xFF);
        }
        if (rule.icmpTypes() != null || rule.icmpCodes() != null) {
            return ipVersion == 4 ? 1 : 58;
        }
        return ANY_PROTOCOL;
    }

    private static int end(List<NumberRange> ranges, boolean high, int highest) {
        if (ranges == null) {
            return high ? highest : 0;
        }
        return high ? ranges.getLast().high() : ranges.getFirst().low();
    }

    private static String address(List<Prefix> prefixes, int ipVersion, boolean high) {
        List<Prefix> own = prefixes == null
                ? List.of(ipVersion == 4 ? Prefix.ANY4 : Prefix.ANY6)
                : prefixes.stream()
                        .filter(prefix -> prefix.ipVersion() == ipVersion)
                        .toList();
        Prefix prefix = high ? own.getLast() : own.getFirst();
        byte[] address = prefix.address();
        if (high) {
            for (int bit = prefix.length(); bit < address.length * 8; bit++) {
                address[bit / 8] |= (byte) (0x80 >> bit % 8);
            }
        }
        return Addresses.format(address);
    }

    private static String interfaceName(TableRule rule, List<String> interfaces) {
        return interfaces.stream()
                .filter(name -> rule.interfaces() == null
                        || rule.interfaces().stream().allMatch(condition -> condition.matches(name)))
                .findFirst()
                .orElse(null);
    }
}
