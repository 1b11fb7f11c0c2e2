package io.aegisflux.segmentation.engine.parsing;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.engine.language.AppliesTo;
import io.aegisflux.segmentation.engine.language.Glob;
import io.aegisflux.segmentation.engine.language.Limits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads which hosts and interfaces a policy is for. */
final class AppliesToReader {
    private static final List<String> MEMBERS = List.of("hosts", "labels", "interfaces", "cgroups");
    private static final Pattern HOST_GLOB = Pattern.compile("[a-z0-9*?-]{1,63}");

    private AppliesToReader() {}

    static Optional<AppliesTo> read(JsonNode node, Place place) {
        return Members.of(node, place, MEMBERS).flatMap(AppliesToReader::read);
    }

    private static Optional<AppliesTo> read(Members members) {
        members.reserved(
                "cgroups", "no host can enforce policies of single cgroups yet", "remove it and use hosts or labels");
        Optional<List<Glob>> hosts = members.optional(
                "hosts", (node, place) -> Values.list(node, place, Limits.APPLIES_TO, AppliesToReader::host));
        Optional<Map<String, String>> labels =
                members.optional("labels", (node, place) -> Values.labels(node, place, Limits.APPLIES_TO));
        Optional<List<Glob>> interfaces = members.optional(
                "interfaces",
                (node, place) -> Values.list(
                        node,
                        place,
                        Limits.APPLIES_TO,
                        (item, here) -> InterfaceText.glob(item, here).map(Glob::new)));
        return Optional.of(
                new AppliesTo(hosts.orElse(List.of()), labels.orElse(Map.of()), interfaces.orElse(List.of())));
    }

    private static Optional<Glob> host(JsonNode node, Place place) {
        return Values.text(node, place)
                .flatMap(text -> HOST_GLOB.matcher(text).matches()
                        ? Optional.of(new Glob(text))
                        : place.refuse(
                                "%s fits no host id".formatted(Shown.text(text)),
                                "write 1 to 63 of a-z, 0-9 and '-', with '*' and '?' as wildcards"));
    }
}
