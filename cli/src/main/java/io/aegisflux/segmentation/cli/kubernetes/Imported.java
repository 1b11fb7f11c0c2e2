package io.aegisflux.segmentation.cli.kubernetes;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/**
 * What became of one manifest.
 *
 * @param source file, document and item
 * @param kind as the manifest names it
 * @param namespace empty where there is none
 * @param documents policies of ours, in the order in which they are to be published
 */
@JsonPropertyOrder({"source", "kind", "namespace", "name", "outcome", "policies", "notes"})
public record Imported(
        String source,
        String kind,
        String namespace,
        String name,
        @JsonIgnore List<ObjectNode> documents,
        List<Note> notes) {

    /** How much of a manifest was taken over. */
    public enum Outcome {
        /** Everything: it decides as Kubernetes does. */
        CARRIED,
        /** The notes say what is missing. */
        PARTLY,
        /** Nothing. */
        SKIPPED;

        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Imported {
        requireNonNull(source, "source is null");
        requireNonNull(kind, "kind is null");
        requireNonNull(namespace, "namespace is null");
        requireNonNull(name, "name is null");
        documents = List.copyOf(documents);
        notes = List.copyOf(notes);
    }

    @JsonProperty
    public Outcome outcome() {
        if (documents.isEmpty()) {
            return Outcome.SKIPPED;
        }
        return hasLoss() ? Outcome.PARTLY : Outcome.CARRIED;
    }

    /** The ids of the documents. */
    @JsonProperty
    public List<String> policies() {
        return documents.stream().map(document -> document.path("id").asText()).toList();
    }

    /** Whether something could not be taken over. */
    public boolean hasLoss() {
        return notes.stream().anyMatch(Note::isLoss);
    }
}
