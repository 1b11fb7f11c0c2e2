package io.aegisflux.segmentation.cli.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Prefix;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PseudonymsTest {
    private final Pseudonyms pseudonyms = new Pseudonyms();

    @Test
    void twoAddressesShareAsManyBitsAfterwardsAsBefore() {
        Random random = new Random(7);
        for (int size : new int[] {4, 16}) {
            for (int i = 0; i < 300; i++) {
                byte[] one = new byte[size];
                random.nextBytes(one);
                byte[] other = one.clone();
                int bit = random.nextInt(size * 8);
                other[bit / 8] ^= (byte) (0x80 >> bit % 8);
                for (int rest = bit + 1; rest < size * 8; rest++) {
                    other[rest / 8] ^= (byte) (random.nextBoolean() ? 0x80 >> rest % 8 : 0);
                }
                byte[] oneAfter = after(one);
                byte[] otherAfter = after(other);
                assertThat(oneAfter).hasSize(size);
                assertThat(shared(oneAfter, otherAfter)).isEqualTo(bit);
            }
        }
    }

    @Test
    void anAddressStaysInsideItsNetworks() {
        for (String[] each : new String[][] {
            {"10.0.0.0/8", "10.77.3.9"}, {"10.77.0.0/16", "10.77.3.9"}, {"fd77::/16", "fd77:2::20"}, {"::/0", "fd77::1"}
        }) {
            Prefix network = Prefix.parse(pseudonyms.address(each[0]).orElseThrow());
            byte[] address = Addresses.parse(pseudonyms.address(each[1]).orElseThrow());
            assertThat(network.contains(address)).as(each[0] + " " + each[1]).isTrue();
            assertThat(network.length()).isEqualTo(Prefix.parse(each[0]).length());
        }
    }

    @Test
    void noTwoAddressesBecomeOne() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 1024; i++) {
            assertThat(seen.add(pseudonyms
                            .address("10.9.%d.%d".formatted(i / 256, i % 256))
                            .orElseThrow()))
                    .isTrue();
        }
    }

    @Test
    void theSameStandsForTheSameAndAnotherKeyGivesOthers() {
        String address = pseudonyms.address("10.1.2.3").orElseThrow();
        String name = pseudonyms.name("payroll");

        assertThat(pseudonyms.address("10.1.2.3")).contains(address);
        assertThat(pseudonyms.name("PayRoll")).isEqualTo(name).matches("redacted-[0-9a-f]{12}");
        assertThat(new Pseudonyms().name("payroll")).isNotEqualTo(name);
        assertThat(new Pseudonyms().address("fd77::1234:5678:9abc"))
                .isNotEqualTo(pseudonyms.address("fd77::1234:5678:9abc"));
    }

    @Test
    void rangesPortsAndHostBitsKeepTheirForm() {
        String low = pseudonyms.address("10.0.0.1").orElseThrow();
        String high = pseudonyms.address("10.0.0.9").orElseThrow();
        String six = pseudonyms.address("fd77::1").orElseThrow();

        assertThat(pseudonyms.address("10.0.0.1-10.0.0.9")).contains(low + "-" + high);
        assertThat(pseudonyms.address("10.0.0.1:5432")).contains(low + ":5432");
        assertThat(pseudonyms.address("[fd77::1]:5432")).contains("[" + six + "]:5432");
        assertThat(pseudonyms.address("10.0.0.1/24")).isEqualTo(pseudonyms.address("10.0.0.0/24"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "db", "10.0.0", "10.0.0.1/33", "10.0.0.256", "1:2", "fe80::1%eth0", "10.0.0.1-x"})
    void whatIsNoAddressIsNone(String text) {
        assertThat(pseudonyms.address(text)).isEmpty();
    }

    private byte[] after(byte[] address) {
        return Addresses.parse(pseudonyms.address(Addresses.format(address)).orElseThrow());
    }

    private static int shared(byte[] one, byte[] other) {
        for (int bit = 0; bit < one.length * 8; bit++) {
            if (((one[bit / 8] ^ other[bit / 8]) & 0x80 >> bit % 8) != 0) {
                return bit;
            }
        }
        return one.length * 8;
    }
}
