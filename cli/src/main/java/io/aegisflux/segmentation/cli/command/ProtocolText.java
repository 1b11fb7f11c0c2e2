package io.aegisflux.segmentation.cli.command;

import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An IP protocol on the command line: a word or its number. */
final class ProtocolText implements ITypeConverter<Integer> {
    static final int ICMP = 1;
    static final int ICMPV6 = 58;

    private static final Map<String, Integer> WORDS =
            Map.of("icmp", ICMP, "tcp", 6, "udp", 17, "icmpv6", ICMPV6, "sctp", 132);

    @Override
    public Integer convert(String text) {
        Integer number = WORDS.get(text.toLowerCase(Locale.ROOT));
        if (number == null && text.matches("[0-9]{1,3}") && Integer.parseInt(text) <= 0xFF) {
            number = Integer.parseInt(text);
        }
        if (number == null) {
            throw new TypeConversionException(
                    "'%s' is no protocol: write tcp, udp, icmp, icmpv6, sctp or a number".formatted(text));
        }
        return number;
    }

    /** The word, or the number where there is none. */
    static String of(int protocol) {
        return WORDS.entrySet().stream()
                .filter(word -> word.getValue() == protocol)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("protocol " + protocol);
    }

    /** Whether its packets have ports. */
    static boolean hasPorts(int protocol) {
        return protocol == 6 || protocol == 17 || protocol == 132;
    }
}
