package io.aegisflux.segmentation.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "0:0:0:0:0:0:0:0, ::",
        "FD00::ABCD, fd00::abcd",
        "fd00:0:0:1:0:0:0:1, fd00:0:0:1::1",
        "1:0:0:2:0:0:3:4, 1::2:0:0:3:4",
        "1:0:2:3:4:5:6:7, 1:0:2:3:4:5:6:7",
        "::10.0.0.1, ::a00:1",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "::ffff:0:0:0, ::ffff:0:0:0",
    })
    void readsWhatPeopleWriteAndWritesItInOneWay(String written, String canonical) {
        assertThat(Addresses.format(Addresses.parse(written))).isEqualTo(canonical);
        assertThat(Addresses.parse(canonical)).isEqualTo(Addresses.parse(written));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "localhost",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.04",
                "+1.2.3.4",
                "-1.2.3.4",
                "0x1.2.3.4",
                "1.2.3.4 ",
                " 1.2.3.4",
                "1.2.3.4\n",
                "1.2.3.",
                ".1.2.3",
                "1..2.3",
                "16909060",
                "١.٢.٣.٤",
                ":",
                ":::",
                "1:2",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "::12345",
                "::g",
                "::1%eth0",
                "[::1]",
                "::1/128",
                "fe80::1%1",
                "::1.2.3",
                "::1.2.3.400",
                "1.2.3.4::",
                "1.2.3.4/32",
                "１.2.3.4",
            })
    void refusesAllElseWithoutAskingAnybody(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Addresses.parse(text))
                .withMessageContaining("is not an IPv4 or IPv6 address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"::ffff:10.0.0.1", "::FFFF:a00:1", "0:0:0:0:0:ffff:a00:1", "::ffff:0:0"})
    void refusesAnIpv4AddressWrittenAsIpv6(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Addresses.parse(text))
                .withMessageContaining("IPv4-mapped IPv6 address");
        assertThat(Addresses.parseAny(text)).hasSize(16);
    }

    @Property
    void formatsEveryIpv6AddressSoThatItReadsBackAndTheJdkAgrees(@ForAll @Size(16) byte[] address) throws Exception {
        String text = Addresses.format(address);

        assertThat(Addresses.parseAny(text)).isEqualTo(address);
        assertThat(InetAddress.getByAddress(address)).isEqualTo(InetAddress.ofLiteral(text));
        assertThat(text).isEqualTo(text.toLowerCase(java.util.Locale.ROOT)).doesNotContain(":::");
    }

    @Property
    void formatsEveryIpv4AddressSoThatItReadsBack(@ForAll @Size(4) byte[] address) {
        assertThat(Addresses.parse(Addresses.format(address))).isEqualTo(address);
    }

    @Property
    void shortensTheFirstOfTheLongestRunsOfTwoOrMoreZeros(@ForAll @Size(8) boolean[] zero) {
        byte[] address = new byte[16];
        StringBuilder groups = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            address[2 * i + 1] = (byte) (zero[i] ? 0 : 1);
            groups.append(zero[i] ? '0' : '1');
        }
        String wanted = Stream.iterate(8, length -> length >= 2, length -> length - 1)
                .map("0"::repeat)
                .filter(run -> groups.indexOf(run) >= 0)
                .findFirst()
                .map(run -> colons(groups.substring(0, groups.indexOf(run))) + "::"
                        + colons(groups.substring(groups.indexOf(run) + run.length())))
                .orElse(colons(groups.toString()));

        assertThat(Addresses.format(address)).isEqualTo(wanted);
    }

    private static String colons(String groups) {
        return String.join(":", groups.split(""));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 5, 15, 17})
    void refusesToFormatOtherSizes(int bytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Addresses.format(new byte[bytes]))
                .withMessageContaining("4 or 16 bytes");
    }
}
