package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.TableRule;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.List;

/**
 * Expands rules into boxes: the product of a rule's prefixes and ranges, one box for each combination, which a packet
 * lies in or not (bpf/classify.h). Writes into a bank that no program reads.
 */
final class BoxWriter {
    private static final byte HAS_PORTS = 0x01;
    private static final byte HAS_ICMP = 0x02;
    private static final byte HAS_INGRESS = 0x04;
    private static final byte HAS_EGRESS = 0x08;
    private static final byte ALLOW = 1;
    private static final byte DENY = 2;
    private static final byte LOG = 3;
    private static final byte MARK = 4;
    private static final byte AUDIT = 0x40;
    private static final byte DEFAULT = (byte) 0x80;

    private static final List<NumberRange> ANY_PORT = List.of(NumberRange.ANY);
    private static final List<NumberRange> ANY_BYTE = List.of(new NumberRange(0, 0xFF));

    private static final long SRC4 = Structs.offset(Structs.BOX4, "src");
    private static final long DST4 = Structs.offset(Structs.BOX4, "dst");
    private static final long TERMS4 = Structs.offset(Structs.BOX4, "terms");
    private static final long SRC6 = Structs.offset(Structs.BOX6, "src");
    private static final long DST6 = Structs.offset(Structs.BOX6, "dst");
    private static final long TERMS6 = Structs.offset(Structs.BOX6, "terms");
    private static final long DPORT = Structs.offset(Structs.BOX_TERMS, "dport_low");
    private static final long PROTO = Structs.offset(Structs.BOX_TERMS, "proto_low");
    private static final long TYPE = Structs.offset(Structs.BOX_TERMS, "icmp_type_low");
    private static final long CODE = Structs.offset(Structs.BOX_TERMS, "icmp_code_low");
    private static final long NEEDS = Structs.offset(Structs.BOX_TERMS, "needs");
    private static final long ACTION = Structs.offset(Structs.BOX_TERMS, "action");
    private static final long INTERFACES = Structs.offset(Structs.BOX_TERMS, "interfaces");
    private static final long RULE = Structs.offset(Structs.BOX_TERMS, "rule");
    private static final long MARK_AT = Structs.offset(Structs.BOX_TERMS, "mark");

    private final MemorySegment bank4;
    private final MemorySegment bank6;
    private int count4;
    private int count6;

    /**
     * @param bank4 room for {@link Structs#BOXES_MAX} boxes of IPv4
     * @param bank6 the same of IPv6
     */
    BoxWriter(MemorySegment bank4, MemorySegment bank6) {
        this.bank4 = bank4;
        this.bank6 = bank6;
    }

    /** How many boxes a rule makes for an IP version. */
    static long count(TableRule rule, int ipVersion) {
        if (rule.ipVersion() != null && rule.ipVersion() != ipVersion) {
            return 0;
        }
        return (long) prefixes(rule.sources(), ipVersion).size()
                * prefixes(rule.destinations(), ipVersion).size()
                * ports(rule.sourcePorts()).size()
                * ports(rule.destPorts()).size()
                * bytes(rule.protocols()).size()
                * bytes(rule.icmpTypes()).size()
                * bytes(rule.icmpCodes()).size();
    }

    /**
     * Writes the boxes of a rule behind those that are there.
     *
     * @param slot of the rule's counter
     * @param interfaces a bit for each interface the rule is about
     */
    void write(TableRule rule, int slot, long interfaces) {
        if (count(rule, 4) > 0) {
            count4 = write(rule, slot, interfaces, 4, bank4, count4);
        }
        if (count(rule, 6) > 0) {
            count6 = write(rule, slot, interfaces, 6, bank6, count6);
        }
    }

    int count4() {
        return count4;
    }

    int count6() {
        return count6;
    }

    private static int write(TableRule rule, int slot, long interfaces, int ipVersion, MemorySegment bank, int from) {
        StructLayout layout = ipVersion == 4 ? Structs.BOX4 : Structs.BOX6;
        int at = from;
        for (Prefix source : prefixes(rule.sources(), ipVersion)) {
            for (Prefix destination : prefixes(rule.destinations(), ipVersion)) {
                for (NumberRange sourcePort : ports(rule.sourcePorts())) {
                    for (NumberRange destPort : ports(rule.destPorts())) {
                        for (NumberRange protocol : bytes(rule.protocols())) {
                            for (NumberRange type : bytes(rule.icmpTypes())) {
                                for (NumberRange code : bytes(rule.icmpCodes())) {
                                    MemorySegment box = bank.asSlice(at++ * layout.byteSize(), layout.byteSize());
                                    addresses(box, ipVersion, source, destination);
                                    MemorySegment terms = box.asSlice(ipVersion == 4 ? TERMS4 : TERMS6);
                                    shorts(terms, 0, sourcePort);
                                    shorts(terms, DPORT, destPort);
                                    bytes(terms, PROTO, protocol);
                                    bytes(terms, TYPE, type);
                                    bytes(terms, CODE, code);
                                    fate(terms, rule, slot, interfaces);
                                }
                            }
                        }
                    }
                }
            }
        }
        return at;
    }

    private static void addresses(MemorySegment box, int ipVersion, Prefix source, Prefix destination) {
        if (ipVersion == 4) {
            prefix(box, SRC4, source, 4);
            prefix(box, DST4, destination, 4);
        } else {
            prefix(box, SRC6, source, 16);
            prefix(box, DST6, destination, 16);
        }
    }

    /** An address and behind it its mask, both in network order. */
    private static void prefix(MemorySegment box, long at, Prefix prefix, int size) {
        MemorySegment.copy(prefix.address(), 0, box, JAVA_BYTE, at, size);
        for (int i = 0; i < size; i++) {
            int bits = Math.clamp(prefix.length() - 8L * i, 0, 8);
            box.set(JAVA_BYTE, at + size + i, (byte) (0xFF00 >> bits));
        }
    }

    private static void fate(MemorySegment terms, TableRule rule, int slot, long interfaces) {
        terms.set(JAVA_BYTE, NEEDS, needs(rule));
        terms.set(JAVA_BYTE, ACTION, action(rule));
        terms.set(JAVA_LONG, INTERFACES, interfaces);
        terms.set(JAVA_INT, RULE, slot);
        terms.set(JAVA_INT, MARK_AT, (int) rule.mark());
    }

    private static byte needs(TableRule rule) {
        int needs = 0;
        if (rule.sourcePorts() != null || rule.destPorts() != null) {
            needs |= HAS_PORTS;
        }
        if (rule.icmpTypes() != null || rule.icmpCodes() != null) {
            needs |= HAS_ICMP;
        }
        if (rule.direction() != Direction.BOTH) {
            needs |= rule.direction() == Direction.INGRESS ? HAS_INGRESS : HAS_EGRESS;
        }
        return (byte) needs;
    }

    private static byte action(TableRule rule) {
        byte action = switch (rule.action()) {
            case Action.ALLOW -> ALLOW;
            case Action.DENY -> DENY;
            case Action.LOG -> LOG;
            case Action.MARK -> MARK;
        };
        return (byte) (action | (rule.audit() ? AUDIT : 0) | (rule.isDefault() ? DEFAULT : 0));
    }

    private static void shorts(MemorySegment terms, long at, NumberRange range) {
        terms.set(JAVA_SHORT, at, (short) range.low());
        terms.set(JAVA_SHORT, at + 2, (short) range.high());
    }

    private static void bytes(MemorySegment terms, long at, NumberRange range) {
        terms.set(JAVA_BYTE, at, (byte) range.low());
        terms.set(JAVA_BYTE, at + 1, (byte) range.high());
    }

    private static List<Prefix> prefixes(List<Prefix> given, int ipVersion) {
        if (given == null) {
            return List.of(ipVersion == 4 ? Prefix.ANY4 : Prefix.ANY6);
        }
        return given.stream().filter(prefix -> prefix.ipVersion() == ipVersion).toList();
    }

    private static List<NumberRange> ports(List<NumberRange> given) {
        return given == null ? ANY_PORT : given;
    }

    private static List<NumberRange> bytes(List<NumberRange> given) {
        return given == null ? ANY_BYTE : given;
    }
}
