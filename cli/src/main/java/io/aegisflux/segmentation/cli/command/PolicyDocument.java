package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A document to be published, looked at only as far as its subject needs: the id. The judge of the rest is
 * policy-service.
 *
 * @param source the file's name, or - for stdin
 * @param bytes as they are in the file
 */
@SuppressWarnings("ArrayRecordComponent")
record PolicyDocument(String source, PolicyId id, byte[] bytes) {

    /**
     * @throws Failure when there is no usable id in it
     */
    static PolicyDocument parse(String source, byte[] bytes) {
        if (bytes.length > Wire.MAX_POLICY_BYTES) {
            throw refused(
                    "",
                    "the document has %d bytes, at most %d are looked at"
                            .formatted(bytes.length, Wire.MAX_POLICY_BYTES),
                    "split it into several policies");
        }
        JsonNode document;
        try {
            document = Wire.mapper().readTree(bytes);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw refused(
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
            throw refused("", "a policy is a JSON object", "begin with {\"id\": …");
        }
        JsonNode id = document.get("id");
        if (id == null || !id.isTextual()) {
            throw refused("/id", id == null ? "is missing" : "is not a string", "write \"id\": \"web-db\"");
        }
        try {
            return new PolicyDocument(source, new PolicyId(id.textValue()), bytes);
        } catch (IllegalArgumentException e) {
            throw refused("/id", e.getMessage(), "letters, digits, _ and - only: the id is a token of the subject");
        }
    }

    /**
     * As {@link #parse(String, byte[])}, of one of several.
     *
     * @param seen the sources by the ids that they have; this one is added
     * @throws Failure also when another source has this id
     */
    static PolicyDocument parse(String source, byte[] bytes, Map<PolicyId, String> seen) {
        PolicyDocument document = parse(source, bytes);
        String other = seen.putIfAbsent(document.id(), source);
        if (other != null) {
            throw Failure.refused(new ApiError(
                    ApiError.INVALID_POLICY,
                    "policy %s is in %s already".formatted(document.id(), other),
                    "give each file an id of its own",
                    List.of()));
        }
        return document;
    }

    private static Failure refused(String path, String reason, String hint) {
        return Failure.refused(new ApiError(
                ApiError.INVALID_POLICY,
                "the document cannot be published",
                hint,
                List.of(new Violation(path, reason, hint))));
    }
}
