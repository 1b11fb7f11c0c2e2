package io.aegisflux.segmentation.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0/8",
        "10.0.0.1, 10.0.0.1/32",
        "0.0.0.0/0, 0.0.0.0/0",
        "255.255.255.255/32, 255.255.255.255/32",
        "fd00::/8, fd00::/8",
        "FD00::1, fd00::1/128",
        "::/0, ::/0",
        "2001:db8::/63, 2001:db8::/63",
        "2001:db8::/64, 2001:db8::/64",
        "2001:db8:0:0:8000::/65, 2001:db8:0:0:8000::/65",
    })
    void readsWhatPeopleWrite(String written, String canonical) {
        assertThat(Prefix.parse(written)).hasToString(canonical).isEqualTo(Prefix.parse(canonical));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1/8, host bits",
        "10.0.0.0/33, 0 to 32 bits",
        "fd00::/129, 0 to 128 bits",
        "fd00::1/127, host bits",
        "::ffff:10.0.0.0/104, IPv4-mapped",
        "10.0.0.0/, no decimal length",
        "10.0.0.0/08, no decimal length",
        "10.0.0.0/+8, no decimal length",
        "10.0.0.0/-1, no decimal length",
        "10.0.0.0/8/8, no decimal length",
        "10.0.0.0/1000, no decimal length",
        "'10.0.0.0/8 ', no decimal length",
        "'10.0.0.0 /8', is not an IPv4 or IPv6 address",
        "10.0.0.0/٨, no decimal length",
        "/8, is not an IPv4 or IPv6 address",
        "*, is not an IPv4 or IPv6 address",
        "10.0.0/8, is not an IPv4 or IPv6 address",
    })
    void refusesAllElseWithTheReason(String written, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Prefix.parse(written))
                .withMessageContaining(reason);
    }

    @Property
    void containsExactlyTheIpv6AddressesThatAgreeInItsBits(
            @ForAll @Size(16) byte[] network,
            @ForAll @Size(16) byte[] random,
            @ForAll @IntRange(max = 128) int length,
            @ForAll @IntRange(max = 128) int agreed) {
        assertContainsWhatAgrees(network, mixed(network, random, agreed), length);
    }

    @Property
    void containsExactlyTheIpv4AddressesThatAgreeInItsBits(
            @ForAll @Size(4) byte[] network,
            @ForAll @Size(4) byte[] random,
            @ForAll @IntRange(max = 32) int length,
            @ForAll @IntRange(max = 32) int agreed) {
        assertContainsWhatAgrees(network, mixed(network, random, agreed), length);
    }

    private static void assertContainsWhatAgrees(byte[] network, byte[] address, int length) {
        int free = network.length * 8 - length;
        byte[] bare = mixed(network, new byte[network.length], length);
        Prefix prefix = Prefix.of(bare, length);

        assertThat(prefix.contains(address))
                .isEqualTo(
                        number(address).shiftRight(free).equals(number(network).shiftRight(free)));
        assertThat(prefix.address()).isEqualTo(bare);
        assertThat(Wire.read(Wire.write(prefix), Prefix.class)).isEqualTo(prefix);
    }

    @Test
    void containsNoAddressOfTheOtherVersion() {
        assertThat(Prefix.ANY4.contains(new byte[16])).isFalse();
        assertThat(Prefix.ANY6.contains(new byte[4])).isFalse();
        assertThat(Prefix.ANY4.contains(new byte[4])).isTrue();
        assertThat(Prefix.ANY6.contains(new byte[16])).isTrue();
    }

    @Test
    void takesFromTheWireWhatANegationLeavesAroundTheMappedAddresses() {
        Prefix around = Prefix.of(Addresses.parseAny("::ffff:0:0"), 96);

        assertThat(Wire.read(Wire.write(around), Prefix.class)).isEqualTo(around);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"10.0.0.1/8\"", "8", "{}", "[]", "\"\"", "{\"high\":0,\"low\":0,\"length\":0}", "null"})
    void isWrittenInOneWayOnTheWire(String json) {
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> Wire.read(json.getBytes(StandardCharsets.UTF_8), Prefix.class));
    }

    @Test
    void refusesWhatCannotBeAPrefix() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Prefix(0, 0, 0, 5));
        assertThatIllegalArgumentException().isThrownBy(() -> new Prefix(0, 0, -1, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> new Prefix(0, 0, 33, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> new Prefix(1, 0, 32, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> new Prefix(0, 1, 32, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> new Prefix(0, 1, 127, 6));
        assertThatIllegalArgumentException().isThrownBy(() -> Prefix.of(new byte[5], 0));
    }

    /** The first {@code bits} bits of one, the rest of the other. */
    private static byte[] mixed(byte[] head, byte[] tail, int bits) {
        byte[] mixed = tail.clone();
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % 8;
            mixed[bit / 8] = (byte) (mixed[bit / 8] & ~mask | head[bit / 8] & mask);
        }
        return mixed;
    }

    private static BigInteger number(byte[] address) {
        return new BigInteger(1, address);
    }
}
