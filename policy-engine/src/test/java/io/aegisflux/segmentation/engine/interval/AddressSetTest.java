package io.aegisflux.segmentation.engine.interval;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Prefix;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressSetTest {
    /** Sets are drawn from the addresses whose last byte alone differs. */
    private static final int UNIVERSE = 256;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.1        | 10.0.0.1        | 10.0.0.1/32",
                "10.0.0.0        | 10.0.0.255      | 10.0.0.0/24",
                "10.0.0.1        | 10.0.0.6        | 10.0.0.1/32 10.0.0.2/31 10.0.0.4/31 10.0.0.6/32",
                "10.0.0.255      | 10.0.1.0        | 10.0.0.255/32 10.0.1.0/32",
                "0.0.0.0         | 255.255.255.255 | 0.0.0.0/0",
                "127.255.255.255 | 128.0.0.0       | 127.255.255.255/32 128.0.0.0/32",
                "255.255.255.254 | 255.255.255.255 | 255.255.255.254/31",
                "::              | ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff | ::/0",
                "::1             | ::4             | ::1/128 ::2/127 ::4/128",
                "0:0:0:1::       | 0:0:0:2:ffff:ffff:ffff:ffff | 0:0:0:1::/64 0:0:0:2::/64",
                "::ffff:ffff:ffff:ffff | 0:0:0:1:: | ::ffff:ffff:ffff:ffff/128 0:0:0:1::/128",
            })
    void splitsARangeIntoTheFewestPrefixes(String low, String high, String prefixes) {
        AddressSet range = AddressSet.range(Addresses.parse(low), Addresses.parse(high));

        assertThat(range.prefixes())
                .containsExactlyElementsOf(
                        List.of(prefixes.split(" ")).stream().map(Prefix::parse).toList());
        assertThat(range.prefixCount()).isEqualTo(range.prefixes().size());
    }

    @Property
    void computesLikeASetOfBits(@ForAll long seed) {
        Random random = new Random(seed);
        BitSet a = bits(random);
        BitSet b = bits(random);
        AddressSet setA = set(a);
        AddressSet setB = set(b);

        assertThat(members(setA.union(setB))).isEqualTo(combined(a, b, BitSet::or));
        assertThat(members(setA.intersect(setB))).isEqualTo(combined(a, b, BitSet::and));
        assertThat(members(setA.minus(setB))).isEqualTo(combined(a, b, BitSet::andNot));
        assertThat(members(setA.complement())).isEqualTo(combined(a, a, (all, it) -> all.flip(0, UNIVERSE)));
        assertThat(setA.complement().complement()).isEqualTo(setA);
        assertThat(setA.equals(setB)).isEqualTo(a.equals(b));
        assertThat(setA.isEmpty()).isEqualTo(a.isEmpty());
        assertThat(setA.complement().contains(new byte[16])).isTrue();
    }

    @Property
    void theFewestPrefixesMakeUpTheSetAgain(@ForAll long seed) {
        BitSet bits = bits(new Random(seed));
        AddressSet set = set(bits);

        assertThat(AddressSet.of(set.prefixes())).isEqualTo(set);
        assertThat(set.prefixes()).hasSize(fewest(bits, 0, UNIVERSE));
    }

    @Property
    void numbersOf128BitsCount(
            @ForAll @Size(16) byte[] a, @ForAll @Size(16) byte[] b, @ForAll @IntRange(max = 128) int count) {
        U128 x = AddressSet.number(a);
        BigInteger big = new BigInteger(1, a);
        BigInteger all = BigInteger.ONE.shiftLeft(128);

        assertThat(Integer.signum(x.compareTo(AddressSet.number(b)))).isEqualTo(big.compareTo(new BigInteger(1, b)));
        assertThat(value(x.next())).isEqualTo(big.add(BigInteger.ONE).mod(all));
        assertThat(value(x.previous())).isEqualTo(big.subtract(BigInteger.ONE).mod(all));
        assertThat(value(x.withLowBitsSet(count)))
                .isEqualTo(big.or(BigInteger.ONE.shiftLeft(count).subtract(BigInteger.ONE)));
        assertThat(x.trailingZeros()).isEqualTo(big.signum() == 0 ? 128 : big.getLowestSetBit());
    }

    private interface Operation {
        void apply(BitSet into, BitSet other);
    }

    private static BitSet combined(BitSet a, BitSet b, Operation operation) {
        BitSet result = (BitSet) a.clone();
        operation.apply(result, b);
        return result;
    }

    /** The fewest aligned blocks that make up the members from {@code from} on: one, or those of both halves. */
    private static int fewest(BitSet bits, int from, int size) {
        if (bits.get(from, from + size).cardinality() == size) {
            return 1;
        }
        return size == 1 ? 0 : fewest(bits, from, size / 2) + fewest(bits, from + size / 2, size / 2);
    }

    private static BitSet bits(Random random) {
        BitSet bits = new BitSet(UNIVERSE);
        for (int i = random.nextInt(6); i > 0; i--) {
            int from = random.nextInt(UNIVERSE);
            bits.set(from, Math.min(UNIVERSE, from + 1 + random.nextInt(40)), random.nextInt(4) > 0);
        }
        return bits;
    }

    private static AddressSet set(BitSet bits) {
        List<AddressSet> runs = new ArrayList<>();
        for (int from = bits.nextSetBit(0); from >= 0; from = bits.nextSetBit(bits.nextClearBit(from))) {
            runs.add(AddressSet.range(address(from), address(bits.nextClearBit(from) - 1)));
        }
        return AddressSet.union(runs);
    }

    private static BitSet members(AddressSet set) {
        BitSet bits = new BitSet(UNIVERSE);
        for (int i = 0; i < UNIVERSE; i++) {
            bits.set(i, set.contains(address(i)));
        }
        return bits;
    }

    private static byte[] address(int last) {
        return new byte[] {10, 0, 0, (byte) last};
    }

    private static BigInteger value(U128 number) {
        return new BigInteger(Long.toUnsignedString(number.high()))
                .shiftLeft(64)
                .or(new BigInteger(Long.toUnsignedString(number.low())));
    }
}
