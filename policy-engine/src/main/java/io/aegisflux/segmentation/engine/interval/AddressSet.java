package io.aegisflux.segmentation.engine.interval;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Prefix;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A set of IP addresses.
 *
 * @param v4 addresses of IPv4 as numbers of 32 bits
 * @param v6 addresses of IPv6 as numbers of 128 bits
 */
public record AddressSet(IntervalSet v4, IntervalSet v6) {
    private static final Interval ALL4 = Interval.of(0, 0xFFFF_FFFFL);
    private static final Interval ALL6 = new Interval(U128.ZERO, U128.MAX);

    public static final AddressSet EMPTY = new AddressSet(IntervalSet.EMPTY, IntervalSet.EMPTY);
    public static final AddressSet ALL = new AddressSet(IntervalSet.of(ALL4), IntervalSet.of(ALL6));

    public AddressSet {
        requireNonNull(v4, "v4 is null");
        requireNonNull(v6, "v6 is null");
    }

    /** Addresses from {@code low} to {@code high}, both included and of the same length: 4 or 16 bytes. */
    public static AddressSet range(byte[] low, byte[] high) {
        if (low.length != high.length) {
            throw new IllegalArgumentException("a range from %d to %d bytes".formatted(low.length, high.length));
        }
        IntervalSet range = IntervalSet.of(new Interval(number(low), number(high)));
        return low.length == 4 ? new AddressSet(range, IntervalSet.EMPTY) : new AddressSet(IntervalSet.EMPTY, range);
    }

    /** The addresses of any of the prefixes. */
    public static AddressSet of(Collection<Prefix> prefixes) {
        List<Interval> v4 = new ArrayList<>();
        List<Interval> v6 = new ArrayList<>();
        for (Prefix prefix : prefixes) {
            U128 low = number(prefix.address());
            if (prefix.ipVersion() == 4) {
                v4.add(new Interval(low, low.withLowBitsSet(32 - prefix.length())));
            } else {
                v6.add(new Interval(low, low.withLowBitsSet(128 - prefix.length())));
            }
        }
        return new AddressSet(IntervalSet.of(v4), IntervalSet.of(v6));
    }

    /** The addresses of any of the sets. */
    public static AddressSet union(Collection<AddressSet> sets) {
        return new AddressSet(
                IntervalSet.of(sets.stream()
                        .flatMap(set -> set.v4.intervals().stream())
                        .toList()),
                IntervalSet.of(sets.stream()
                        .flatMap(set -> set.v6.intervals().stream())
                        .toList()));
    }

    /** An address of 4 or 16 bytes in network order as a number. */
    public static U128 number(byte[] address) {
        ByteBuffer buffer = ByteBuffer.wrap(address);
        return address.length == 4
                ? U128.of(buffer.getInt() & 0xFFFF_FFFFL)
                : new U128(buffer.getLong(), buffer.getLong());
    }

    public AddressSet union(AddressSet other) {
        return new AddressSet(v4.union(other.v4), v6.union(other.v6));
    }

    public AddressSet intersect(AddressSet other) {
        return new AddressSet(v4.intersect(other.v4), v6.intersect(other.v6));
    }

    /** All addresses of both versions that are not in this set. */
    public AddressSet complement() {
        return new AddressSet(v4.complement(ALL4), v6.complement(ALL6));
    }

    /** What of this set is not in the other. */
    public AddressSet minus(AddressSet other) {
        return new AddressSet(v4.minus(other.v4), v6.minus(other.v6));
    }

    public boolean isEmpty() {
        return v4.isEmpty() && v6.isEmpty();
    }

    /** Whether an address of 4 or 16 bytes in network order is in this set. */
    public boolean contains(byte[] address) {
        return (address.length == 4 ? v4 : v6).contains(number(address));
    }

    /** The addresses of this set that are of the given version, 4 or 6. */
    public AddressSet onlyVersion(int ipVersion) {
        return ipVersion == 4 ? new AddressSet(v4, IntervalSet.EMPTY) : new AddressSet(IntervalSet.EMPTY, v6);
    }

    /** Whether every address of the version, 4 or 6, is in this set. */
    public boolean isAllOf(int ipVersion) {
        return ipVersion == 4 ? v4.equals(ALL.v4) : v6.equals(ALL.v6);
    }

    /** The fewest prefixes that make up this set, IPv4 before IPv6, ascending. */
    public List<Prefix> prefixes() {
        List<Prefix> prefixes = new ArrayList<>();
        v4.intervals()
                .forEach(interval ->
                        cover(interval, 32, (low, length) -> prefixes.add(new Prefix(low.low() << 32, 0, length, 4))));
        v6.intervals()
                .forEach(interval -> cover(
                        interval, 128, (low, length) -> prefixes.add(new Prefix(low.high(), low.low(), length, 6))));
        return List.copyOf(prefixes);
    }

    /** The number of {@link #prefixes}. */
    public long prefixCount() {
        long[] count = {0};
        v4.intervals().forEach(interval -> cover(interval, 32, (low, length) -> count[0]++));
        v6.intervals().forEach(interval -> cover(interval, 128, (low, length) -> count[0]++));
        return count[0];
    }

    /** Takes a block of aligned addresses: its lowest, and the length of its prefix. */
    private interface Block {
        void take(U128 low, int length);
    }

    /** Takes, from the low end on, the largest aligned block that still fits: the minimal cover of an interval. */
    private static void cover(Interval interval, int bits, Block block) {
        U128 low = interval.low();
        while (true) {
            int free = Math.min(low.trailingZeros(), bits);
            while (low.withLowBitsSet(free).compareTo(interval.high()) > 0) {
                free--;
            }
            block.take(low, bits - free);
            U128 last = low.withLowBitsSet(free);
            if (last.equals(interval.high())) {
                return;
            }
            low = last.next();
        }
    }
}
