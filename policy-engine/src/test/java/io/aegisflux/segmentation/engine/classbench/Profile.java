package io.aegisflux.segmentation.engine.classbench;

import static io.aegisflux.segmentation.engine.classbench.PortClass.ARBITRARY_RANGE;
import static io.aegisflux.segmentation.engine.classbench.PortClass.EXACT_MATCH;
import static io.aegisflux.segmentation.engine.classbench.PortClass.HIGH;
import static io.aegisflux.segmentation.engine.classbench.PortClass.LOW;
import static io.aegisflux.segmentation.engine.classbench.PortClass.WILDCARD;

import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The three kinds of the paper's seeds. Each is some bags to draw from, where what is frequent stands more than once, so
 * that the shape of a filter set can be seen: which prefix lengths meet, which ports, which protocols.
 */
public enum Profile {
    /** Access lists: many nested prefixes on both sides, a service on the destination's. */
    ACL(
            new Lengths[] {
                new Lengths(16, 24), new Lengths(20, 24), new Lengths(24, 24), new Lengths(24, 27),
                new Lengths(24, 32), new Lengths(22, 32), new Lengths(26, 30), new Lengths(28, 28),
                new Lengths(28, 32), new Lengths(30, 32), new Lengths(32, 24), new Lengths(32, 28),
                new Lengths(32, 32), new Lengths(32, 32), new Lengths(0, 32), new Lengths(32, 16),
            },
            new PortClass[] {WILDCARD, WILDCARD, WILDCARD, WILDCARD, WILDCARD, WILDCARD, WILDCARD, HIGH},
            new PortClass[] {
                EXACT_MATCH, EXACT_MATCH, EXACT_MATCH, EXACT_MATCH, EXACT_MATCH, ARBITRARY_RANGE, HIGH, WILDCARD
            },
            new Protocol[] {
                Protocol.TCP,
                Protocol.TCP,
                Protocol.TCP,
                Protocol.TCP,
                Protocol.TCP,
                Protocol.TCP,
                Protocol.UDP,
                Protocol.UDP,
                Protocol.ICMP,
                Protocol.ANY
            },
            85,
            30,
            60),
    /** Firewalls: one side is often the whole world, the lengths are few, both ports have ranges. */
    FW(
            new Lengths[] {
                new Lengths(0, 32), new Lengths(0, 32), new Lengths(0, 32), new Lengths(0, 24),
                new Lengths(0, 24), new Lengths(0, 16), new Lengths(32, 0), new Lengths(32, 0),
                new Lengths(24, 0), new Lengths(16, 0), new Lengths(24, 32), new Lengths(32, 24),
                new Lengths(32, 32), new Lengths(32, 32), new Lengths(16, 32), new Lengths(16, 24),
            },
            new PortClass[] {WILDCARD, WILDCARD, WILDCARD, HIGH, HIGH, LOW, ARBITRARY_RANGE, EXACT_MATCH},
            new PortClass[] {WILDCARD, WILDCARD, HIGH, LOW, ARBITRARY_RANGE, EXACT_MATCH, EXACT_MATCH, EXACT_MATCH},
            new Protocol[] {
                Protocol.TCP,
                Protocol.TCP,
                Protocol.TCP,
                Protocol.TCP,
                Protocol.TCP,
                Protocol.UDP,
                Protocol.UDP,
                Protocol.UDP,
                Protocol.ICMP,
                Protocol.ANY
            },
            80,
            5,
            40),
    /** IP chains of a Linux host: both sides specific and often near each other, protocols of every kind. */
    IPC(
            new Lengths[] {
                new Lengths(24, 24), new Lengths(24, 32), new Lengths(32, 24), new Lengths(32, 32),
                new Lengths(32, 32), new Lengths(32, 32), new Lengths(28, 32), new Lengths(32, 28),
                new Lengths(30, 30), new Lengths(26, 32), new Lengths(16, 16), new Lengths(20, 32),
                new Lengths(32, 20), new Lengths(24, 16), new Lengths(0, 32), new Lengths(32, 0),
            },
            new PortClass[] {WILDCARD, WILDCARD, WILDCARD, WILDCARD, WILDCARD, HIGH, EXACT_MATCH, EXACT_MATCH},
            new PortClass[] {
                WILDCARD, WILDCARD, EXACT_MATCH, EXACT_MATCH, EXACT_MATCH, EXACT_MATCH, HIGH, ARBITRARY_RANGE
            },
            new Protocol[] {
                Protocol.TCP,
                Protocol.TCP,
                Protocol.TCP,
                Protocol.UDP,
                Protocol.UDP,
                Protocol.UDP,
                Protocol.ICMP,
                Protocol.ICMP,
                Protocol.ANY,
                Protocol.ANY
            },
            85,
            60,
            60);

    /** Prefix lengths of source and destination, as {@link AddressTree#prefix} takes them. */
    record Lengths(int source, int destination) {}

    enum Protocol {
        TCP(6, 6),
        UDP(17, 17),
        ICMP(1, 58),
        ANY(-1, -1);

        private final int number4;
        private final int number6;

        Protocol(int number4, int number6) {
            this.number4 = number4;
            this.number6 = number6;
        }

        /** The number on the wire. */
        int number(int ipVersion) {
            return ipVersion == 4 ? number4 : number6;
        }
    }

    private final Lengths[] lengths;
    private final PortClass[] sourcePorts;
    private final PortClass[] destPorts;
    private final Protocol[] protocols;
    private final int skew;
    private final int correlation;
    private final int nesting;

    /**
     * @param skew of 100 addresses, how many lie in the heavier half of their prefix
     * @param correlation of 100 bits of the source, how many the destination goes on to share with it
     * @param nesting of 100 rules, how many have addresses that contain an earlier rule's or lie in them
     */
    Profile(
            Lengths[] lengths,
            PortClass[] sourcePorts,
            PortClass[] destPorts,
            Protocol[] protocols,
            int skew,
            int correlation,
            int nesting) {
        this.lengths = lengths;
        this.sourcePorts = sourcePorts;
        this.destPorts = destPorts;
        this.protocols = protocols;
        this.skew = skew;
        this.correlation = correlation;
        this.nesting = nesting;
    }

    /** As the paper's file names have it: {@code acl}, {@code fw}, {@code ipc}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    Lengths lengths(SplittableRandom random) {
        return one(lengths, random);
    }

    PortClass sourcePorts(SplittableRandom random) {
        return one(sourcePorts, random);
    }

    PortClass destPorts(SplittableRandom random) {
        return one(destPorts, random);
    }

    Protocol protocol(SplittableRandom random) {
        return one(protocols, random);
    }

    int skew() {
        return skew;
    }

    int correlation() {
        return correlation;
    }

    int nesting() {
        return nesting;
    }

    private static <T> T one(T[] bag, SplittableRandom random) {
        return bag[random.nextInt(bag.length)];
    }
}
