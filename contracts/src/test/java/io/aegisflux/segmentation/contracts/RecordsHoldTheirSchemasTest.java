package io.aegisflux.segmentation.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.AsyncApi.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every member of every example, changed in every way that its schema forbids, is refused by its record too. */
class RecordsHoldTheirSchemasTest {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String REMOVED = "nothing";

    static Stream<Arguments> messages() {
        return AsyncApi.read().messages().stream()
                .filter(message -> message.type().isPresent())
                .flatMap(message -> message.examples().stream()
                        .map(it -> Arguments.of(it, message.type().orElseThrow())));
    }

    /** Members that count as empty, or as allow, where they are missing. */
    private static final Set<String> DEFAULTED =
            Set.of("metadata", "drops", "labels", "bpf_features", "hook_points", "resource_limits", "posture");

    /** What an envelope holds is for its verifier to refuse, with a reason of its own. */
    private static final Pattern VERIFIERS = Pattern.compile("(/manifest)?/(payload_type|payload|key_id|signature)");

    /** Metadata of a system event are read by who knows the event. */
    private static final Pattern OPEN = Pattern.compile("/metadata/.*");

    /** What no schema can say: an index into another list, the text of base64. */
    private static final Pattern UNSAID =
            Pattern.compile("(/table)?(/policies|/rules/[0-9]+/policy)|(/manifest)?/payload");

    @ParameterizedTest
    @MethodSource("messages")
    void refusesWhatTheSchemaForbids(Example example, Class<?> type) {
        JsonNode whole = Wire.read(example.bytes(), JsonNode.class);
        for (JsonPointer pointer : pointers(whole)) {
            String path = pointer.toString();
            if (VERIFIERS.matcher(path).matches() && type != DesiredState.class
                    || OPEN.matcher(path).matches()) {
                continue;
            }
            for (Change change : changes(whole, pointer)) {
                boolean lenient = change.isAbsence() && mayBeAbsent(example, whole, pointer)
                        || path.equals("/metadata") && change.name().equals("{}");
                if (!holds(example, change.document()) && !lenient) {
                    assertThat(refusal(change.document(), type))
                            .as("%s with %s at %s", type.getSimpleName(), change.name(), path)
                            .isPresent();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void takesWhatTheSchemaAdmits(Example example, Class<?> type) {
        JsonNode whole = Wire.read(example.bytes(), JsonNode.class);
        for (JsonPointer pointer : pointers(whole)) {
            for (Change change : changes(whole, pointer)) {
                if (holds(example, change.document())
                        && !UNSAID.matcher(pointer.toString()).matches()) {
                    assertThat(refusal(change.document(), type))
                            .as("%s with %s at %s", type.getSimpleName(), change.name(), pointer)
                            .isEmpty();
                }
            }
        }
    }

    private static boolean holds(Example example, JsonNode document) {
        return JsonSchemas.violations(example.schema(), Wire.write(document)).isEmpty();
    }

    private static Optional<String> refusal(JsonNode document, Class<?> type) {
        try {
            Wire.read(Wire.write(document), type);
            return Optional.empty();
        } catch (MalformedMessageException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** Whether a reader must bear it: the schema does not ask for it, or it has a value that stands for none. */
    private static boolean mayBeAbsent(Example example, JsonNode whole, JsonPointer pointer) {
        JsonNode there = whole.at(pointer);
        return there.isNumber()
                || there.isBoolean()
                || there.isArray()
                || DEFAULTED.contains(pointer.last().getMatchingProperty())
                || removed(whole, pointer).filter(it -> holds(example, it)).isPresent();
    }

    private record Change(String name, JsonNode document) {
        boolean isAbsence() {
            return name.equals("null") || name.equals(REMOVED);
        }
    }

    private static List<Change> changes(JsonNode whole, JsonPointer pointer) {
        List<Change> changes = new ArrayList<>();
        for (JsonNode value : List.of(
                JSON.nullNode(),
                JSON.textNode(""),
                JSON.textNode("*"),
                JSON.textNode("NO SUCH WORD"),
                JSON.numberNode(0),
                JSON.numberNode(-1),
                JSON.numberNode(1.5),
                JSON.numberNode(300),
                JSON.numberNode(70_000),
                JSON.numberNode(5_000_000_000L),
                JSON.booleanNode(true),
                JSON.arrayNode(),
                JSON.arrayNode().addNull(),
                JSON.objectNode())) {
            JsonNode copy = whole.deepCopy();
            set(copy, pointer, value);
            changes.add(new Change(value.toString(), copy));
        }
        removed(whole, pointer).ifPresent(it -> changes.add(new Change(REMOVED, it)));
        return changes;
    }

    private static Optional<JsonNode> removed(JsonNode whole, JsonPointer pointer) {
        JsonNode copy = whole.deepCopy();
        if (copy.at(pointer.head()) instanceof ObjectNode parent) {
            parent.remove(pointer.last().getMatchingProperty());
            return Optional.of(copy);
        }
        return Optional.empty();
    }

    private static void set(JsonNode document, JsonPointer pointer, JsonNode value) {
        switch (document.at(pointer.head())) {
            case ObjectNode parent -> parent.set(pointer.last().getMatchingProperty(), value);
            case ArrayNode parent -> parent.set(pointer.last().getMatchingIndex(), value);
            default -> throw new AssertionError(pointer);
        }
    }

    private static List<JsonPointer> pointers(JsonNode whole) {
        List<JsonPointer> pointers = new ArrayList<>();
        collect(JsonPointer.empty(), whole, pointers);
        return pointers;
    }

    private static void collect(JsonPointer at, JsonNode node, List<JsonPointer> pointers) {
        if (!at.matches()) {
            pointers.add(at);
        }
        node.properties().forEach(it -> collect(at.appendProperty(it.getKey()), it.getValue(), pointers));
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                collect(at.appendIndex(i), node.get(i), pointers);
            }
        }
    }
}
