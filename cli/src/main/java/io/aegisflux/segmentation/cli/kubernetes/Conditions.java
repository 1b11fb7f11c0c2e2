package io.aegisflux.segmentation.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Conditions of the policy language. */
final class Conditions {
    private Conditions() {}

    /**
     * One of several things that a rule admits at one end, each of which is a rule of its own here.
     *
     * @param name for the rule's id; empty when it asks nothing
     */
    record Choice(String name, List<ObjectNode> conditions) {
        static final Choice ANYTHING = new Choice("", List.of());
    }

    static ObjectNode of(String field, String operator, JsonNode value) {
        ObjectNode condition = JsonNodeFactory.instance.objectNode();
        condition.put("field", field).put("operator", operator).set("value", value);
        return condition;
    }

    static ObjectNode of(String field, String operator, String value) {
        return of(field, operator, JsonNodeFactory.instance.textNode(value));
    }
}
