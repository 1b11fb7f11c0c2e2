package io.aegisflux.segmentation.engine.parsing;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.HostLabels;
import io.aegisflux.segmentation.contracts.RegisteredWorkload;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.WorkloadId;
import io.aegisflux.segmentation.engine.language.Limits;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads workloads of the registry, as strictly as {@link PolicyParser} reads policies. No input makes it throw. */
public final class WorkloadParser {
    private static final List<String> MEMBERS = List.of("$schema", "id", "labels", "addresses", "expires_at");

    private WorkloadParser() {}

    /** What a document came to. */
    public sealed interface Result {
        record Accepted(RegisteredWorkload workload) implements Result {}

        /** @param violations in the order of the document; at least one */
        record Rejected(List<Violation> violations) implements Result {
            public Rejected {
                violations = List.copyOf(violations);
            }
        }
    }

    /**
     * @param body the bytes of the document, UTF-8
     * @param expectedId the id that the subject of the document names
     */
    public static Result parse(byte[] body, WorkloadId expectedId) {
        requireNonNull(body, "body is null");
        requireNonNull(expectedId, "expectedId is null");
        Violations violations = new Violations();
        Optional<RegisteredWorkload> workload = StrictJson.read(body, violations)
                .flatMap(document -> Members.of(document, Place.root(violations), MEMBERS))
                .flatMap(members -> read(members, expectedId));
        return violations.isEmpty()
                ? new Result.Accepted(workload.orElseThrow())
                : new Result.Rejected(violations.list());
    }

    private static Optional<RegisteredWorkload> read(Members members, WorkloadId expectedId) {
        members.optional("$schema", Values::text);
        Optional<String> id = members.required(
                "id",
                "write the workload's id, the last part of its subject",
                (node, place) -> Values.expectedToken(node, place, Optional.of(expectedId.value())));
        Optional<Map<String, String>> labels =
                members.required("labels", "write labels like {\"app\": \"db\"}", WorkloadParser::labels);
        Optional<List<String>> addresses = members.required(
                "addresses",
                "write its addresses like [\"10.0.0.7\"]",
                (node, place) -> Values.list(node, place, Limits.WORKLOAD_ADDRESSES, WorkloadParser::address));
        Optional<Instant> expiresAt = members.optional("expires_at", Values::instant);
        return id.isEmpty() || labels.isEmpty() || addresses.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new RegisteredWorkload(expectedId, labels.get(), addresses.get(), expiresAt.orElse(null)));
    }

    private static Optional<Map<String, String>> labels(JsonNode node, Place place) {
        return Values.labels(node, place, Limits.WORKLOAD_LABELS).flatMap(labels -> {
            if (labels.isEmpty()) {
                return place.refuse("there is no label", "write at least one, by which rules find the workload");
            }
            Optional<String> reserved =
                    labels.keySet().stream().filter(HostLabels::isReserved).findFirst();
            return reserved.isEmpty()
                    ? Optional.of(labels)
                    : place.member(reserved.get())
                            .refuse(
                                    "keys that begin with %s are given by agents alone".formatted(HostLabels.PREFIX),
                                    "choose another key");
        });
    }

    private static Optional<String> address(JsonNode node, Place place) {
        return Values.text(node, place)
                .flatMap(text -> AddressText.prefix(text, place)
                        .flatMap(prefix -> prefix.length() > 0
                                ? Optional.of(text)
                                : place.refuse(
                                        "%s is every address".formatted(Shown.text(text)),
                                        "leave the label out of the rules that mean everybody")));
    }
}
