package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A policy made of what was observed, in audit mode. Nothing applies it but a person.
 *
 * @param document the policy, with the evidence of each rule in its metadata; null when there is nothing to suggest
 * @param evidence what it rests on
 * @param suggested the flows that its rules allow
 * @param covered flows that an allow rule lets pass already, left out unless asked for
 * @param denied flows that are denied now, never suggested
 */
public record PolicySuggestion(
        JsonNode document,
        PolicyPlan.Evidence evidence,
        PolicyPlan.Total suggested,
        PolicyPlan.Total covered,
        PolicyPlan.Total denied) {
    public PolicySuggestion {
        document = document == null || document.isNull() ? null : document;
        requireNonNull(evidence, "evidence is missing");
        requireNonNull(suggested, "suggested is missing");
        requireNonNull(covered, "covered is missing");
        requireNonNull(denied, "denied is missing");
        if (document != null && !document.isObject()) {
            throw new IllegalArgumentException("document is an object, not " + document.getNodeType());
        }
    }
}
