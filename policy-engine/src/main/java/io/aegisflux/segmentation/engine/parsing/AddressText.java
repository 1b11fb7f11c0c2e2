package io.aegisflux.segmentation.engine.parsing;

import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.engine.interval.AddressSet;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads an address, a CIDR or a range of addresses. Never asks a resolver. */
final class AddressText {
    private static final Pattern RANGE = Pattern.compile("([^-]*?) ?- ?([^-]*)");
    private static final String HINT = "write an address like \"10.0.0.1\" or \"fd00::1\", a CIDR like \"10.0.0.0/8\", "
            + "or a range like \"10.0.0.1-10.0.0.9\"";

    private AddressText() {}

    static Optional<AddressSet> read(String text, Place place) {
        int slash = text.indexOf('/');
        if (slash >= 0) {
            return cidr(text, slash, place).map(prefix -> AddressSet.of(List.of(prefix)));
        }
        Matcher range = RANGE.matcher(text);
        if (range.matches()) {
            return range(text, range.group(1), range.group(2), place);
        }
        return address(text, place).map(address -> AddressSet.range(address, address));
    }

    /** A single address or a CIDR. */
    static Optional<Prefix> prefix(String text, Place place) {
        int slash = text.indexOf('/');
        return slash >= 0
                ? cidr(text, slash, place)
                : address(text, place).map(address -> Prefix.of(address, 8 * address.length));
    }

    /** A single address in network order. */
    static Optional<byte[]> address(String text, Place place) {
        try {
            return Optional.of(Addresses.parse(text));
        } catch (IllegalArgumentException e) {
            return mapped(text)
                    .map(v4 -> place.<byte[]>refuse(
                            "%s is an IPv4 address written as IPv6".formatted(Shown.text(text)),
                            "write \"%s\"".formatted(v4)))
                    .orElseGet(() -> place.refuse("%s is not an IP address".formatted(Shown.text(text)), HINT));
        }
    }

    private static Optional<Prefix> cidr(String text, int slash, Place place) {
        Optional<byte[]> address = address(text.substring(0, slash), place);
        if (address.isEmpty()) {
            return Optional.empty();
        }
        byte[] bytes = address.get();
        int bits = bytes.length * 8;
        String digits = text.substring(slash + 1);
        if (!digits.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(digits) > bits) {
            return place.refuse(
                    "%s has no prefix length after '/'".formatted(Shown.text(text)),
                    "write a number from 0 to %d after '/'".formatted(bits));
        }
        int length = Integer.parseInt(digits);
        byte[] network = network(bytes, length);
        if (!Arrays.equals(network, bytes)) {
            return place.refuse(
                    "%s has host bits set below /%d".formatted(Shown.text(text), length),
                    "write \"%s/%d\" for the network, or \"%s\" for the one address"
                            .formatted(Addresses.format(network), length, Addresses.format(bytes)));
        }
        return Optional.of(Prefix.of(bytes, length));
    }

    private static Optional<AddressSet> range(String text, String from, String to, Place place) {
        Optional<byte[]> low = address(from, place);
        Optional<byte[]> high = low.flatMap(ignored -> address(to, place));
        if (high.isEmpty()) {
            return Optional.empty();
        }
        if (low.get().length != high.get().length) {
            return place.refuse(
                    "%s goes from one IP version to the other".formatted(Shown.text(text)),
                    "write two ranges, one for each version");
        }
        if (new BigInteger(1, low.get()).compareTo(new BigInteger(1, high.get())) > 0) {
            return place.refuse(
                    "%s begins above its end".formatted(Shown.text(text)),
                    "write \"%s-%s\"".formatted(Addresses.format(high.get()), Addresses.format(low.get())));
        }
        return Optional.of(AddressSet.range(low.get(), high.get()));
    }

    private static byte[] network(byte[] address, int length) {
        byte[] network = address.clone();
        for (int bit = length; bit < network.length * 8; bit++) {
            network[bit / 8] &= (byte) ~(0x80 >> bit % 8);
        }
        return network;
    }

    /** The IPv4 address that an IPv4-mapped IPv6 address names. */
    private static Optional<String> mapped(String text) {
        if (text.indexOf(':') < 0) {
            return Optional.empty();
        }
        try {
            InetAddress address = Inet6Address.ofLiteral(text);
            return address instanceof Inet4Address ? Optional.of(address.getHostAddress()) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
