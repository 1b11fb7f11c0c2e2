package io.aegisflux.segmentation.cli.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.Wire;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/** YAML 1.1, which kubectl reads too. */
public final class Yaml {
    private static final int MOST_CHARACTERS = 16 * 1024 * 1024;
    private static final int MOST_NODES = 1_000_000;
    private static final int DEEPEST = 64;

    private Yaml() {}

    /** It is no YAML, or asks for more than is read; the message says where. */
    public static final class MalformedYamlException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedYamlException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The documents; those that are empty are left out. Names that stand twice are refused, tags of classes too. */
    public static List<JsonNode> documents(byte[] bytes) throws MalformedYamlException {
        LoaderOptions limits = new LoaderOptions();
        limits.setAllowDuplicateKeys(false);
        limits.setCodePointLimit(MOST_CHARACTERS);
        try {
            List<JsonNode> documents = new ArrayList<>();
            for (Object document : new org.yaml.snakeyaml.Yaml(new SafeConstructor(limits))
                    .loadAll(new String(bytes, StandardCharsets.UTF_8))) {
                if (document != null) {
                    documents.add(new Tree().of(document, 0));
                }
            }
            return documents;
        } catch (MarkedYAMLException e) {
            var mark = e.getProblemMark();
            String where =
                    mark == null ? "" : " (line %d, column %d)".formatted(mark.getLine() + 1, mark.getColumn() + 1);
            throw new MalformedYamlException(e.getProblem() + where, e);
        } catch (YAMLException | IllegalArgumentException e) {
            throw new MalformedYamlException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The value as one document in block style, with a line's end. */
    public static String write(JsonNode value) {
        DumperOptions style = new DumperOptions();
        style.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        style.setSplitLines(false);
        return new org.yaml.snakeyaml.Yaml(new Escaping(style), style)
                .dump(Wire.mapper().convertValue(value, Object.class));
    }

    /** Writes control characters as escapes; snakeyaml's own would make the text !!binary. */
    private static final class Escaping extends Representer {
        Escaping(DumperOptions style) {
            super(style);
            representers.put(String.class, text -> text(text.toString()));
        }

        private Node text(String text) {
            boolean controls = text.chars().anyMatch(each -> Character.isISOControl(each) && each != '\n');
            return representScalar(
                    Tag.STR,
                    text,
                    controls ? DumperOptions.ScalarStyle.DOUBLE_QUOTED : DumperOptions.ScalarStyle.PLAIN);
        }
    }

    /** A document with its aliases written out, which may be without end or grow beyond measure. */
    private static final class Tree {
        private int nodes;

        private JsonNode of(Object value, int depth) {
            if (++nodes > MOST_NODES || depth > DEEPEST) {
                throw new YAMLException("with its aliases written out it is deeper than %d or has more than %d nodes"
                        .formatted(DEEPEST, MOST_NODES));
            }
            return switch (value) {
                case Map<?, ?> map -> {
                    ObjectNode object = JsonNodeFactory.instance.objectNode();
                    map.forEach((key, member) -> object.set(String.valueOf(key), of(member, depth + 1)));
                    yield object;
                }
                case Collection<?> items -> {
                    ArrayNode array = JsonNodeFactory.instance.arrayNode();
                    items.forEach(item -> array.add(of(item, depth + 1)));
                    yield array;
                }
                case null, default -> Wire.mapper().valueToTree(value);
            };
        }
    }
}
