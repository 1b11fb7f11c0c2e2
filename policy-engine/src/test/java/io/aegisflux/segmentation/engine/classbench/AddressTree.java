package io.aegisflux.segmentation.engine.classbench;

import io.aegisflux.segmentation.contracts.Prefix;
import java.util.SplittableRandom;

/**
 * The prefixes of a site as a binary tree, of which at each node one half is heavier: addresses cluster, and short prefixes
 * hold long ones. Which half it is follows from the node's address, so that no node needs to be kept.
 *
 * <p>The site is 10.0.0.0/8, or fd00::/48 with as many networks, each of /64, and as many hosts in each.
 */
final class AddressTree {
    private static final int ROOT = 8;
    private static final int BITS = 24; // below the root
    private static final int HOST_BITS = 8;
    private static final long SITE4 = 10L << 56;
    private static final long SITE6 = 0xFDL << 56;

    private final int ipVersion;
    private final int skew;
    private final long salt;

    /** @param skew of 100 addresses, how many lie in the heavier half of their prefix */
    AddressTree(int ipVersion, int skew, long salt) {
        this.ipVersion = ipVersion;
        this.skew = skew;
        this.salt = salt;
    }

    /**
     * A prefix of the tree; null for length 0.
     *
     * @param length as of IPv4, 8 or more; of IPv6 it stands for 40 bits more, or 96 beyond 24, where the host begins
     * @param near the prefix that it may lie close to; null for none
     * @param correlation of 100 bits of that, how many this one goes on to share with it
     */
    Prefix prefix(int length, Prefix near, int correlation, SplittableRandom random) {
        if (length == 0) {
            return null;
        }
        int depth = length - ROOT;
        int shared = 0;
        while (near != null && shared < depth && shared < depthOf(near) && random.nextInt(100) < correlation) {
            shared++;
        }
        int path = shared == 0 ? 0 : pathOf(near) >>> BITS - shared;
        for (int i = shared; i < depth; i++) {
            boolean heavier = random.nextInt(100) < skew;
            path = path << 1 | (heavier == isOneHeavier(path, i) ? 1 : 0);
        }
        return at(path << BITS - depth, depth);
    }

    /** Any address of the site, none likelier than others. */
    Prefix uniform(SplittableRandom random) {
        return at(random.nextInt(1 << BITS), BITS);
    }

    private Prefix at(int path, int depth) {
        if (ipVersion == 4) {
            return new Prefix(SITE4 | (long) path << 32, 0, ROOT + depth, 4);
        }
        return new Prefix(
                SITE6 | path >>> HOST_BITS,
                path & (1 << HOST_BITS) - 1,
                depth <= BITS - HOST_BITS ? 64 - (BITS - HOST_BITS) + depth : 128 - BITS + depth,
                6);
    }

    private int pathOf(Prefix prefix) {
        return ipVersion == 4
                ? (int) (prefix.high() >>> 32) & (1 << BITS) - 1
                : (int) (prefix.high() & 0xFFFF) << HOST_BITS | (int) prefix.low();
    }

    private int depthOf(Prefix prefix) {
        if (ipVersion == 4) {
            return prefix.length() - ROOT;
        }
        return prefix.length() <= 64 ? prefix.length() - 64 + BITS - HOST_BITS : prefix.length() - 128 + BITS;
    }

    /** Whether more addresses have a one behind this path: a hash of it. */
    private boolean isOneHeavier(int path, int depth) {
        long hash = (salt + ((long) depth << 32) + path) * 0x9E37_79B9_7F4A_7C15L;
        return (hash ^ hash >>> 32) * 0xD6E8_FEB8_6659_FD93L < 0;
    }
}
