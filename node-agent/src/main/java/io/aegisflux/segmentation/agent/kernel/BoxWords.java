package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.RateLimit;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.space.PacketSpace;
import io.aegisflux.segmentation.engine.space.RuleBox;

/** A box in words, as struct box4 and box6 of bpf/maps.h on hosts whose numbers begin with their lowest byte. */
final class BoxWords {
    private static final int TERMS = 5;

    private static final int SPORT = 0;
    private static final int DPORT = 17;
    private static final int PROTO = 34;
    private static final int ICMP_TYPE = 43;
    private static final int ICMP_CODE = 52;
    private static final long GUARDS = 1L << 16 | 1L << 33 | 1L << 42 | 1L << 51 | 1L << 60;

    private static final int CLASS_DEST_SHIFT = 16;
    private static final long CLASS_GUARDS = 1L << 15 | 1L << 31;

    private static final int HAS_PORTS = 0x01;
    private static final int HAS_ICMP = 0x02;
    private static final int HAS_INGRESS = 0x04;
    private static final int HAS_EGRESS = 0x08;
    private static final int NEEDS_SHIFT = 20;

    private static final int ALLOW = 1;
    private static final int DENY = 2;
    private static final int RATE_LIMIT = 3;
    private static final int LOG = 4;
    private static final int MARK = 5;
    private static final int DSCP = 6;
    private static final int LIMIT_OF_CONNECTIONS = 1 << 30;
    private static final int LIMIT_PER_SOURCE = 1 << 31;
    private static final int ACTION_SHIFT = 24;
    private static final int AUDIT = 1 << 30;
    private static final int DEFAULT = 1 << 31;

    private static final NumberRange ANY_BYTE = new NumberRange(0, 0xFF);

    private BoxWords() {}

    /** How many words a box has. */
    static int count(PacketSpace space) {
        return (space == PacketSpace.V4 ? 2 : 8) + TERMS;
    }

    /**
     * Writes a box.
     *
     * @param slot of the rule's counter
     * @param bits one for each interface the rule is about, none of those that may stand for sets of addresses
     * @param at where in the words
     * @return where it ends
     */
    static int write(TableRule rule, RuleBox box, int slot, long bits, long[] words, int at) {
        int end = addresses(box.source().prefix(), box.destination().prefix(), words, at);
        words[end] = packed(box, false);
        words[end + 1] = packed(box, true) | GUARDS;
        words[end + 2] = bits | box.source().setBit() | box.destination().setBit();
        words[end + 3] = classes(box.source().lowClass(), box.destination().lowClass())
                | (classes(box.source().highClass(), box.destination().highClass()) | CLASS_GUARDS) << Integer.SIZE;
        words[end + 4] = pair(argument(rule), fate(rule, slot));
        return end + TERMS;
    }

    /** The words of a box that no packet lies in: its protocol is at least 1 and at most 0. */
    static long[] ofNothing(PacketSpace space) {
        long[] words = new long[count(space)];
        words[words.length - TERMS] = 1L << PROTO;
        words[words.length - TERMS + 1] = GUARDS;
        return words;
    }

    private static int addresses(Prefix source, Prefix destination, long[] words, int at) {
        if (source.ipVersion() == 4) {
            words[at] = pair(network((int) (source.high() >>> 32)), network((int) (destination.high() >>> 32)));
            words[at + 1] = pair(network((int) mask(source, 0)), network((int) mask(destination, 0)));
            return at + 2;
        }
        words[at] = network(source.high());
        words[at + 1] = network(source.low());
        words[at + 2] = network(destination.high());
        words[at + 3] = network(destination.low());
        words[at + 4] = network(mask(source, 0));
        words[at + 5] = network(mask(source, 64));
        words[at + 6] = network(mask(destination, 0));
        words[at + 7] = network(mask(destination, 64));
        return at + 8;
    }

    private static long classes(long source, long destination) {
        return source | destination << CLASS_DEST_SHIFT;
    }

    /** The mask of the bits from {@code first} on: 32 of them for IPv4, else 64. */
    private static long mask(Prefix prefix, int first) {
        int bits = prefix.ipVersion() == 4 ? 32 : 64;
        int set = Math.clamp(prefix.length() - (long) first, 0, bits);
        return set == 0 ? 0 : -1L << bits - set;
    }

    private static long packed(RuleBox box, boolean high) {
        return end(box.sourcePort(), NumberRange.ANY, high) << SPORT
                | end(box.destPort(), NumberRange.ANY, high) << DPORT
                | end(box.protocol(), ANY_BYTE, high) << PROTO
                | end(box.icmpType(), ANY_BYTE, high) << ICMP_TYPE
                | end(box.icmpCode(), ANY_BYTE, high) << ICMP_CODE;
    }

    private static long end(NumberRange range, NumberRange any, boolean high) {
        if (range == null) {
            return high ? any.high() : any.low();
        }
        if (range.low() > any.high()) {
            return high ? 0 : any.high(); // no number lies in between
        }
        return high ? Math.min(range.high(), any.high()) : range.low();
    }

    /** What the action works with: a mark, a DSCP, or a rate as LIMIT_* of bpf/maps.h. */
    static int argument(TableRule rule) {
        if (rule.rateLimit() != null) {
            return (int) rule.rateLimit().perSecond()
                    | (rule.rateLimit().of() == RateLimit.Of.CONNECTIONS ? LIMIT_OF_CONNECTIONS : 0)
                    | (rule.rateLimit().per() == RateLimit.Per.SOURCE ? LIMIT_PER_SOURCE : 0);
        }
        return rule.dscp() == null ? (int) rule.mark() : rule.dscp();
    }

    private static int fate(TableRule rule, int slot) {
        int action = switch (rule.action()) {
            case Action.ALLOW -> ALLOW;
            case Action.DENY -> DENY;
            case Action.LOG -> LOG;
            case Action.MARK -> rule.dscp() == null ? MARK : DSCP;
            case Action.RATE_LIMIT -> RATE_LIMIT;
        };
        return slot
                | needs(rule) << NEEDS_SHIFT
                | action << ACTION_SHIFT
                | (rule.audit() ? AUDIT : 0)
                | (rule.isDefault() ? DEFAULT : 0);
    }

    private static int needs(TableRule rule) {
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
        return needs;
    }

    /** Two numbers of 32 bits as they stand one after the other in memory. */
    private static long pair(int first, int second) {
        return Integer.toUnsignedLong(first) | (long) second << 32;
    }

    private static int network(int number) {
        return Integer.reverseBytes(number);
    }

    private static long network(long number) {
        return Long.reverseBytes(number);
    }
}
