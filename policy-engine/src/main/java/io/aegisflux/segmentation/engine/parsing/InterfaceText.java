package io.aegisflux.segmentation.engine.parsing;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.engine.language.Limits;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the name of a network interface, or a part or glob of one: what the kernel's dev_valid_name lets through. */
final class InterfaceText {
    private static final Pattern GLOB = Pattern.compile("[!-.0-9;-~]{1," + Limits.INTERFACE_NAME + "}");

    private InterfaceText() {}

    static Optional<String> name(JsonNode node, Place place) {
        return glob(node, place)
                .flatMap(text -> text.indexOf('*') < 0 && text.indexOf('?') < 0
                        ? Optional.of(text)
                        : place.refuse(
                                "%s holds a wildcard, which conditions take literally".formatted(Shown.text(text)),
                                "use the operator contains or regex, or applies_to.interfaces"));
    }

    /** A name in which {@code *} and {@code ?} are wildcards. */
    static Optional<String> glob(JsonNode node, Place place) {
        return Values.text(node, place)
                .flatMap(text -> GLOB.matcher(text).matches()
                        ? Optional.of(text)
                        : place.refuse(
                                "%s is not the name of an interface".formatted(Shown.text(text)),
                                "write 1 to %d visible ASCII characters without '/' and ':', like \"eth0\""
                                        .formatted(Limits.INTERFACE_NAME)));
    }
}
