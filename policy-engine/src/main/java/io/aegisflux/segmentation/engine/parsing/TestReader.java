package io.aegisflux.segmentation.engine.parsing;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.engine.language.Limits;
import io.aegisflux.segmentation.engine.language.PolicyTest;
import io.aegisflux.segmentation.engine.language.PolicyTest.Endpoint;
import io.aegisflux.segmentation.engine.language.PolicyTest.Expectation;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads one of the tests that a policy carries: the shape alone, nothing is evaluated here. */
final class TestReader {
    private static final List<String> MEMBERS =
            List.of("name", "from", "to", "direction", "protocol", "port", "expect", "by");
    private static final Map<String, Direction> ONE_WAY =
            Values.words(new Direction[] {Direction.INGRESS, Direction.EGRESS}, Direction::wireName);
    private static final Map<String, Expectation> EXPECTATIONS =
            Values.words(Expectation.values(), word -> word.name().toLowerCase(Locale.ROOT));

    private TestReader() {}

    static Optional<PolicyTest> read(JsonNode node, Place place) {
        return Members.of(node, place, MEMBERS).flatMap(TestReader::read);
    }

    private static Optional<PolicyTest> read(Members members) {
        String endHint = "write an address, or the labels of a workload like {\"app\": \"web\"}";
        Optional<String> name = members.required(
                "name", "say what the test is about", (node, at) -> Values.line(node, at, Limits.NAME));
        Optional<Endpoint> from = members.required("from", endHint, TestReader::endpoint);
        Optional<Endpoint> to = members.required("to", endHint, TestReader::endpoint);
        Optional<Direction> direction =
                members.optional("direction", (node, place) -> Values.word(node, place, ONE_WAY));
        Optional<Integer> protocol = members.required(
                "protocol",
                "write one of " + String.join(", ", NumberText.PROTOCOLS.keySet()) + ", or a number from 0 to 255",
                (node, at) -> NumberText.protocol(node, at)
                        .map(set -> set.ranges().getFirst().low()));
        Optional<Long> port = members.optional("port", (node, place) -> Values.whole(node, place, 0, 0xFFFF));
        Optional<Expectation> expect = members.required(
                "expect",
                "write one of " + String.join(", ", EXPECTATIONS.keySet()),
                (node, place) -> Values.word(node, place, EXPECTATIONS));
        Optional<String> by = members.optional("by", Values::token);
        if (name.isEmpty() || from.isEmpty() || to.isEmpty() || protocol.isEmpty() || expect.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new PolicyTest(
                name.get(),
                from.get(),
                to.get(),
                direction.orElse(null),
                protocol.get(),
                port.map(Long::intValue).orElse(null),
                expect.get(),
                by.orElse(null)));
    }

    private static Optional<Endpoint> endpoint(JsonNode node, Place place) {
        if (node.isTextual()) {
            return AddressText.address(node.textValue(), place)
                    .map(address -> new Endpoint.Address(Addresses.format(address)));
        }
        return Values.labels(node, place, Limits.APPLIES_TO)
                .flatMap(labels -> labels.isEmpty()
                        ? place.refuse("no label is named", "write at least one label, or an address")
                        : Optional.of(new Endpoint.Labels(labels)));
    }
}
