package io.aegisflux.segmentation.engine.parsing;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.engine.interval.NumberSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads protocols, ports, ICMP types and codes. */
final class NumberText {
    /** The names of IP protocols (IANA protocol-numbers). */
    static final Map<String, Integer> PROTOCOLS = protocols();

    private static final Pattern RANGE = Pattern.compile("(0|[1-9][0-9]{0,9}) ?- ?(0|[1-9][0-9]{0,9})");

    private NumberText() {}

    /** A number from 0 to {@code highest}, or a range in a text. */
    static Optional<NumberSet> numberOrRange(JsonNode node, Place place, int highest) {
        if (!node.isTextual()) {
            return Values.whole(node, place, 0, highest).map(number -> single(number.intValue()));
        }
        String text = node.textValue();
        String hint = "write a number from 0 to %d without quotes, or a range like \"%s\""
                .formatted(highest, highest > 255 ? "8000-8099" : "0-15");
        Matcher range = RANGE.matcher(text);
        if (!range.matches()) {
            return place.refuse("%s is not a range".formatted(Shown.text(text)), hint);
        }
        long low = Long.parseLong(range.group(1));
        long high = Long.parseLong(range.group(2));
        if (low > highest || high > highest) {
            return place.refuse("%s goes beyond %d".formatted(Shown.text(text), highest), hint);
        }
        if (low > high) {
            return place.refuse(
                    "%s begins above its end".formatted(Shown.text(text)), "write \"%d-%d\"".formatted(high, low));
        }
        return Optional.of(NumberSet.of(new NumberRange((int) low, (int) high)));
    }

    /** The name or number of an IP protocol. */
    static Optional<NumberSet> protocol(JsonNode node, Place place) {
        return node.isTextual()
                ? Values.word(node, place, PROTOCOLS).map(NumberText::single)
                : Values.whole(node, place, 0, 255).map(number -> single(number.intValue()));
    }

    static NumberSet single(int number) {
        return NumberSet.of(new NumberRange(number, number));
    }

    private static Map<String, Integer> protocols() {
        Map<String, Integer> protocols = new LinkedHashMap<>();
        protocols.put("tcp", 6);
        protocols.put("udp", 17);
        protocols.put("icmp", 1);
        protocols.put("icmpv6", 58);
        protocols.put("sctp", 132);
        return Collections.unmodifiableMap(protocols);
    }
}
