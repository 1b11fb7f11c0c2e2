package io.aegisflux.segmentation.cli.bundle;

import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Prefix;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What stands for a name or an address, the same one each time, by a key that is made anew for each bundle and never written.
 * Addresses are replaced as Crypto-PAn does it (Xu, Fan, Ammar, Moon: Prefix-Preserving IP Address Anonymization, 2002): each bit
 * is turned or not by a keyed function of all bits before it. So two addresses that share their first n bits share the first n
 * bits afterwards, an address stays inside its network, and no two become one. Not safe for use by several threads.
 */
public final class Pseudonyms {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int NAME_BYTES = 6;

    /** Short numbers and versions, which stand for too much else. */
    private static final Pattern ANYBODYS = Pattern.compile("[0-9]{1,3}|[0-9]{1,5}(?:\\.[0-9]{1,5}){1,2}");

    private static final Pattern RANGE = Pattern.compile("([0-9A-Fa-f.:]+)-([0-9A-Fa-f.:]+)");
    private static final Pattern WITH_PORT =
            Pattern.compile("([0-9.]{7,15})(:[0-9]{1,5})|\\[([0-9A-Fa-f.:]+)](:[0-9]{1,5})?");

    private final Mac mac;
    private final Map<String, String> names = new HashMap<>();
    private final Map<Prefix, Prefix> prefixes = new HashMap<>();

    /** By a key that nobody else has. */
    public Pseudonyms() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    /** What stands for a name, whichever its letters' case. */
    public String name(String name) {
        return names.computeIfAbsent(name.toLowerCase(Locale.ROOT), this::hashed);
    }

    /** Whether the word was replaced as a name before; short numbers and versions do not count. */
    public boolean isKnown(String word) {
        return !ANYBODYS.matcher(word).matches() && names.containsKey(word.toLowerCase(Locale.ROOT));
    }

    /** What stands for an address, a network, a range {@code low-high} or an address with a port; empty for all else. */
    public Optional<String> address(String text) {
        Optional<String> network = network(text);
        if (network.isPresent()) {
            return network;
        }
        Matcher range = RANGE.matcher(text);
        if (range.matches()) {
            return network(range.group(1))
                    .flatMap(low -> network(range.group(2)).map(high -> low + "-" + high));
        }
        Matcher withPort = WITH_PORT.matcher(text);
        if (!withPort.matches()) {
            return Optional.empty();
        }
        return withPort.group(1) != null
                ? network(withPort.group(1)).map(address -> address + withPort.group(2))
                : network(withPort.group(3))
                        .map(address -> "[" + address + "]" + (withPort.group(4) == null ? "" : withPort.group(4)));
    }

    /** How many names were replaced. */
    public long names() {
        return names.size();
    }

    /** How many addresses and networks were replaced. */
    public long addresses() {
        return prefixes.size();
    }

    private Optional<String> network(String text) {
        int slash = text.indexOf('/');
        try {
            byte[] address = Addresses.parse(slash < 0 ? text : text.substring(0, slash));
            int length = slash < 0 ? address.length * Byte.SIZE : Integer.parseInt(text.substring(slash + 1));
            // What has host bits is no network, but refusals quote it.
            Prefix whole = prefixes.computeIfAbsent(Prefix.of(masked(address, length), length), this::turned);
            return Optional.of(slash < 0 ? Addresses.format(whole.address()) : whole.toString());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Prefix turned(Prefix prefix) {
        byte[] address = prefix.address();
        byte[] turned = address.clone();
        for (int bit = 0; bit < prefix.length(); bit++) {
            mac.update((byte) prefix.ipVersion());
            mac.update((byte) bit);
            mac.update(masked(address, bit));
            turned[bit / Byte.SIZE] ^= (byte) ((mac.doFinal()[0] & 1) << (Byte.SIZE - 1 - bit % Byte.SIZE));
        }
        return Prefix.of(turned, prefix.length());
    }

    /** The address with its first bits alone. */
    private static byte[] masked(byte[] address, int bits) {
        if (bits < 0 || bits > address.length * Byte.SIZE) {
            throw new IllegalArgumentException("no length of a network: " + bits);
        }
        ByteBuffer masked = ByteBuffer.allocate(address.length);
        for (int i = 0; i < address.length; i++) {
            int here = Math.clamp(bits - (long) i * Byte.SIZE, 0, Byte.SIZE);
            masked.put((byte) (address[i] & 0xFF00 >> here));
        }
        return masked.array();
    }

    private String hashed(String name) {
        mac.update((byte) 'n');
        byte[] hash = mac.doFinal(name.getBytes(StandardCharsets.UTF_8));
        return "redacted-" + HexFormat.of().formatHex(hash, 0, NAME_BYTES);
    }
}
