package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.WorkloadId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A document to be published, looked at only as far as its subject needs: the id. The judge of the rest is
 * policy-service.
 *
 * @param source the file's name, or - for stdin
 * @param bytes as they are in the file
 */
@SuppressWarnings("ArrayRecordComponent")
record PublishedDocument<I>(String source, I id, byte[] bytes) {
    /** What documents are about. */
    record Kind<I>(String word, String refusalCode, int mostBytes, String example, Function<String, I> idOf) {
        static final Kind<PolicyId> POLICY =
                new Kind<>("policy", ApiError.INVALID_POLICY, Wire.MAX_POLICY_BYTES, "web-db", PolicyId::new);
        static final Kind<WorkloadId> WORKLOAD = new Kind<>(
                "workload", ApiError.INVALID_WORKLOAD, Wire.MAX_WORKLOAD_BYTES, "legacy-db", WorkloadId::new);

        Failure refused(String path, String reason, String hint) {
            return Failure.refused(new ApiError(
                    refusalCode, "the document cannot be published", hint, List.of(new Violation(path, reason, hint))));
        }
    }

    /**
     * @throws Failure when there is no usable id in it
     */
    static <I> PublishedDocument<I> parse(Kind<I> kind, String source, byte[] bytes) {
        if (bytes.length > kind.mostBytes()) {
            throw kind.refused(
                    "",
                    "the document has %d bytes, at most %d are looked at".formatted(bytes.length, kind.mostBytes()),
                    "split it into several");
        }
        JsonNode document;
        try {
            document = Wire.mapper().readTree(bytes);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw kind.refused(
                    "",
                    at == null
                            ? e.getOriginalMessage()
                            : "%s (line %d, column %d)"
                                    .formatted(e.getOriginalMessage(), at.getLineNr(), at.getColumnNr()),
                    "mend the JSON");
        } catch (IOException e) {
            throw new IllegalStateException("reading bytes cannot fail", e);
        }
        if (!document.isObject()) {
            throw kind.refused("", "a %s is a JSON object".formatted(kind.word()), "begin with {\"id\": …");
        }
        JsonNode id = document.get("id");
        if (id == null || !id.isTextual()) {
            throw kind.refused(
                    "/id",
                    id == null ? "is missing" : "is not a string",
                    "write \"id\": \"%s\"".formatted(kind.example()));
        }
        try {
            return new PublishedDocument<>(source, kind.idOf().apply(id.textValue()), bytes);
        } catch (IllegalArgumentException e) {
            throw kind.refused(
                    "/id", e.getMessage(), "letters, digits, _ and - only: the id is a token of the subject");
        }
    }

    /**
     * As {@link #parse(Kind, String, byte[])}, of one of several.
     *
     * @param seen the sources by the ids that they have; this one is added
     * @throws Failure also when another source has this id
     */
    static <I> PublishedDocument<I> parse(Kind<I> kind, String source, byte[] bytes, Map<I, String> seen) {
        PublishedDocument<I> document = parse(kind, source, bytes);
        String other = seen.putIfAbsent(document.id(), source);
        if (other != null) {
            throw Failure.refused(new ApiError(
                    kind.refusalCode(),
                    "%s %s is in %s already".formatted(kind.word(), document.id(), other),
                    "give each file an id of its own",
                    List.of()));
        }
        return document;
    }
}
