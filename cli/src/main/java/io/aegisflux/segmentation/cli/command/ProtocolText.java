package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.contracts.Protocols;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An IP protocol on the command line: a word or its number. */
final class ProtocolText implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
        return Protocols.number(text.toLowerCase(Locale.ROOT))
                .orElseThrow(() -> new TypeConversionException(
                        "'%s' is no protocol: write tcp, udp, icmp, icmpv6, sctp or a number".formatted(text)));
    }
}
