package io.aegisflux.segmentation.engine.parsing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.language.Field;
import io.aegisflux.segmentation.engine.language.Operator;
import io.aegisflux.segmentation.engine.naive.RandomWorld;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;

/** policy.schema.json and the parser are of one mind, so that an editor says before a publish what the service will say. */
class SchemaAgreementTest {
    private static final Schema SCHEMA = schema();

    /** Reasons that no schema can give: they weigh one value against another, or ask what a text means. */
    private static final Pattern BEYOND_A_SCHEMA = Pattern.compile(String.join(
            "|",
            "has host bits set below",
            "begins above its end",
            "goes from one IP version to the other",
            "is not an IP address",
            "is an IPv4 address written as IPv6",
            "has no prefix length after",
            "goes beyond \\d+",
            "no packet's \\S+ can hold this condition",
            "leave nothing of the rule's direction",
            "the rule's direction is",
            "rule \\d+ of this policy is called",
            "is not a date and time with an offset",
            "is not a regular expression",
            "is not admitted",
            "come to more than \\d+ prefixes"));

    /** What stands for any value, the good ones of other members among them. */
    private static final String[] VALUES = {
        "null",
        "true",
        "0",
        "-1",
        "1",
        "4",
        "5",
        "80",
        "300",
        "70000",
        "4294967296",
        "1.5",
        "\"\"",
        "\" \"",
        "\"*\"",
        "\"a.b\"",
        "\"tcp\"",
        "\"80-90\"",
        "\"90-80\"",
        "\"10.0.0.0/8\"",
        "\"10.0.0.1/8\"",
        "\"fd00::1\"",
        "\"1.2.3.4.5\"",
        "\"eth0\"",
        "\"eth*\"",
        "\"ingress\"",
        "\"both\"",
        "\"eq\"",
        "\"regex\"",
        "\"in\"",
        "\"gt\"",
        "\"(a\"",
        "\"dest_port\"",
        "\"protocol\"",
        "\"interface\"",
        "\"source.label.app\"",
        "\"source.label.\"",
        "\"process.uid\"",
        "\"2027-01-31T18:00:00Z\"",
        "\"2027-13-31T18:00:00Z\"",
        "\"audit\"",
        "\"allow\"",
        "\"mark\"",
        "\"none\"",
        "\"default-action\"",
        "\"two\\nlines\"",
        "[]",
        "[80]",
        "[\"tcp\", 6]",
        "[null]",
        "{}",
        "{\"app\": \"web\"}",
        "{\"a b\": \"web\"}",
        "{\"app\": 7}",
    };

    @Test
    void theExamplesHoldBoth() {
        for (String name : List.of("policy-network-policy-1", "policy-web-db")) {
            assertThat(schemaRefuses(Wire.read(Examples.read(name), JsonNode.class)))
                    .isEmpty();
            assertThat(PolicyParser.parse(Examples.read(name), null)).isInstanceOf(ParseResult.Accepted.class);
        }
    }

    @Property(tries = 1_500, shrinking = ShrinkingMode.OFF)
    void theSchemaAdmitsWhatTheParserAccepts(@ForAll long seed) {
        JsonNode document = new RandomWorld(seed).document("p");

        assertThat(schemaRefuses(document)).as(document.toString()).isEmpty();
    }

    @Property(tries = 6_000, shrinking = ShrinkingMode.OFF)
    void bothRefuseASpoiltDocumentOrNeitherDoes(@ForAll long seed) {
        Random random = new Random(seed);
        JsonNode document = new RandomWorld(seed).document("p");
        String change = spoil(document, random);
        List<String> bySchema = schemaRefuses(document);
        List<Violation> byParser = parserRefuses(document);
        Statistics.label("refused by").collect("schema " + !bySchema.isEmpty() + ", parser " + !byParser.isEmpty());

        if (!bySchema.isEmpty()) {
            assertThat(byParser).as("%s%n%s%n%s", change, document, bySchema).isNotEmpty();
        }
        if (bySchema.isEmpty()) {
            assertThat(byParser)
                    .as("%s%n%s", change, document)
                    .allSatisfy(violation -> assertThat(violation.reason()).containsPattern(BEYOND_A_SCHEMA));
        }
        Statistics.label("refused by").coverage(coverage -> {
            coverage.check("schema true, parser true").percentage(share -> share > 30);
            coverage.check("schema false, parser false").percentage(share -> share > 5);
            coverage.check("schema false, parser true").percentage(share -> share > 0);
        });
    }

    @Test
    void theSchemaHasEveryWordThatTheParserKnows() {
        JsonNode schema = Wire.read(bytes(), JsonNode.class);

        assertThat(names(schema.get("properties"))).containsExactlyInAnyOrderElementsOf(PolicyReader.MEMBERS);
        assertThat(names(schema.at("/$defs/rule/properties"))).containsExactlyInAnyOrderElementsOf(RuleReader.MEMBERS);
    }

    private static String spoil(JsonNode document, Random random) {
        List<JsonPointer> pointers = new ArrayList<>();
        collect(JsonPointer.empty(), document, pointers);
        JsonPointer pointer = pointers.get(random.nextInt(pointers.size()));
        String name = pointer.last().getMatchingProperty();
        JsonNode value = value(name, random);
        switch (document.at(pointer.head())) {
            case ObjectNode parent -> {
                switch (random.nextInt(8)) {
                    case 0 -> parent.remove(name);
                    case 1 -> parent.set(name + "x", value);
                    default -> parent.set(name, value);
                }
            }
            case ArrayNode parent -> parent.set(pointer.last().getMatchingIndex(), value);
            default -> throw new AssertionError(pointer);
        }
        return pointer + " became " + value;
    }

    /** Any value; of a field or operator mostly one that is known, so that the pairs are tried. */
    private static JsonNode value(String name, Random random) {
        if (name.equals("operator") && random.nextInt(4) > 0) {
            return TextNode.valueOf(Operator.values()[random.nextInt(Operator.values().length)].word());
        }
        if (name.equals("field") && random.nextInt(4) > 0) {
            Field field = Field.values()[random.nextInt(Field.values().length)];
            return TextNode.valueOf(field.word().replace("*", "app"));
        }
        return Wire.read(VALUES[random.nextInt(VALUES.length)].getBytes(UTF_8), JsonNode.class);
    }

    private static void collect(JsonPointer at, JsonNode node, List<JsonPointer> pointers) {
        if (!at.matches()) {
            pointers.add(at);
        }
        if (at.toString().equals("/metadata")) {
            return;
        }
        node.properties().forEach(it -> collect(at.appendProperty(it.getKey()), it.getValue(), pointers));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            collect(at.appendIndex(i), node.get(i), pointers);
        }
    }

    private static List<String> names(JsonNode object) {
        return object.propertyStream().map(java.util.Map.Entry::getKey).toList();
    }

    private static List<String> schemaRefuses(JsonNode document) {
        return SCHEMA.validate(document.toString(), InputFormat.JSON).stream()
                .map(Object::toString)
                .toList();
    }

    private static List<Violation> parserRefuses(JsonNode document) {
        return switch (PolicyParser.parse(Wire.write(document), null)) {
            case ParseResult.Accepted accepted -> List.of();
            case ParseResult.Rejected rejected -> rejected.violations();
        };
    }

    private static Schema schema() {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(new String(bytes(), UTF_8));
    }

    private static byte[] bytes() {
        try (InputStream file = Wire.class.getResourceAsStream("policy.schema.json")) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
