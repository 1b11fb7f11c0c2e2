package io.aegisflux.segmentation.engine.parsing;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.InterfaceMatch;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.engine.interval.AddressSet;
import io.aegisflux.segmentation.engine.interval.NumberSet;
import io.aegisflux.segmentation.engine.language.Condition;
import io.aegisflux.segmentation.engine.language.Field;
import io.aegisflux.segmentation.engine.language.LabelMatch;
import io.aegisflux.segmentation.engine.language.Limits;
import io.aegisflux.segmentation.engine.language.Operator;
import io.aegisflux.segmentation.engine.language.Side;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;

/** Reads one condition: field, operator and value must go together, and some packet must be able to hold it. */
final class ConditionReader {
    private static final List<String> MEMBERS = List.of("field", "operator", "value");
    private static final List<String> FIELDS =
            Arrays.stream(Field.values()).map(Field::word).toList();
    private static final Map<String, Operator> OPERATORS = Values.words(Operator.values(), Operator::word);
    private static final Map<String, Direction> ONE_WAY =
            Values.words(new Direction[] {Direction.INGRESS, Direction.EGRESS}, Direction::wireName);

    private ConditionReader() {}

    static Optional<Condition> read(JsonNode node, Place place) {
        return Members.of(node, place, MEMBERS).flatMap(ConditionReader::read);
    }

    private static Optional<Condition> read(Members members) {
        Optional<String> written = members.required("field", "write one of " + String.join(", ", FIELDS), Values::text);
        Place fieldPlace = members.place().member("field");
        Optional<Field> field = written.flatMap(name -> field(name, fieldPlace));
        Optional<Operator> operator = members.required(
                "operator",
                "write one of " + words(field.map(Field::operators).orElse(EnumSet.allOf(Operator.class))),
                (node, place) -> operator(node, place, field));
        String hint = field.map(known -> "write " + known.valueForm()).orElse("write what the field is compared with");
        Optional<JsonNode> value = members.required(
                "value", hint, (node, place) -> node == StrictJson.REFUSED ? Optional.empty() : Optional.of(node));
        if (field.isEmpty() || operator.isEmpty() || value.isEmpty()) {
            return Optional.empty();
        }
        Place place = members.place().member("value");
        String key = written.get().substring(field.get().labelPrefix().length());
        return condition(field.get(), key, operator.get(), value.get(), place);
    }

    private static Optional<Field> field(String written, Place place) {
        if (written.startsWith("process.")) {
            return Field.RESERVED.contains(written)
                    ? place.refuse(
                            "%s is reserved: no host can enforce conditions on processes yet"
                                    .formatted(Shown.text(written)),
                            "use source.label.* or an address instead")
                    : place.refuse(
                            "no field is called %s".formatted(Shown.text(written)),
                            "write one of " + String.join(", ", FIELDS));
        }
        Optional<Field> field = Field.of(written);
        if (field.isEmpty()) {
            return place.refuse(
                    "no field is called %s".formatted(Shown.text(written)), Suggestion.hint(written, FIELDS));
        }
        int prefix = field.get().labelPrefix().length();
        return prefix == 0 || Values.labelKey(written.substring(prefix), place).isPresent() ? field : Optional.empty();
    }

    private static Optional<Operator> operator(JsonNode node, Place place, Optional<Field> field) {
        return Values.word(node, place, OPERATORS).flatMap(operator -> {
            if (field.isPresent() && !field.get().operators().contains(operator)) {
                return place.refuse(
                        "the operator %s does not go with %s"
                                .formatted(operator.word(), field.get().word()),
                        "write one of " + words(field.get().operators()));
            }
            return Optional.of(operator);
        });
    }

    private static Optional<Condition> condition(
            Field field, String key, Operator operator, JsonNode value, Place place) {
        return switch (field) {
            case PROTOCOL -> numbers(field, operator, value, place, NumberText::protocol);
            case SOURCE_PORT, DEST_PORT, ICMP_TYPE, ICMP_CODE ->
                numbers(
                        field,
                        operator,
                        value,
                        place,
                        (node, here) -> NumberText.numberOrRange(node, here, field.highest()));
            case IP_VERSION -> ipVersions(operator, value, place);
            case SOURCE_IP -> addresses(Side.SOURCE, operator, value, place);
            case DEST_IP -> addresses(Side.DEST, operator, value, place);
            case DIRECTION -> directions(operator, value, place);
            case INTERFACE -> interfaceName(operator, value, place);
            case SOURCE_LABEL -> label(Side.SOURCE, key, operator, value, place);
            case DEST_LABEL -> label(Side.DEST, key, operator, value, place);
        };
    }

    private static Optional<Condition> numbers(
            Field field,
            Operator operator,
            JsonNode value,
            Place place,
            BiFunction<JsonNode, Place, Optional<NumberSet>> reader) {
        Optional<NumberSet> named = operator.isOrdering()
                ? Values.whole(value, place, 0, field.highest())
                        .map(bound -> compared(operator, bound.intValue(), field.highest()))
                : listed(operator, value, place, reader)
                        .map(sets -> NumberSet.of(sets.stream()
                                .flatMap(set -> set.ranges().stream())
                                .toList()));
        return named.map(set -> operator.isNegated() ? set.complement(field.highest()) : set)
                .flatMap(set -> set.isEmpty() ? neverHolds(field, place) : Optional.of(set))
                .map(set -> new Condition.Numbers(field, set));
    }

    private static NumberSet compared(Operator operator, int bound, int highest) {
        NumberSet upTo = NumberSet.of(new NumberRange(0, bound));
        NumberSet below = upTo.intersect(NumberText.single(bound).complement(highest));
        return switch (operator) {
            case LT -> below;
            case LTE -> upTo;
            case GT -> upTo.complement(highest);
            case GTE -> below.complement(highest);
            default -> throw new IllegalArgumentException("%s does not compare".formatted(operator));
        };
    }

    private static Optional<Condition> ipVersions(Operator operator, JsonNode value, Place place) {
        return listed(operator, value, place, ConditionReader::ipVersion)
                .map(named -> admitted(Set.of(4, 6), named, operator))
                .flatMap(set -> set.isEmpty() ? neverHolds(Field.IP_VERSION, place) : Optional.of(set))
                .map(Condition.IpVersions::new);
    }

    private static Optional<Integer> ipVersion(JsonNode node, Place place) {
        return Values.whole(node, place, 4, 6)
                .flatMap(version -> version != 5
                        ? Optional.of(version.intValue())
                        : place.refuse("there is no IP version 5", "write 4 or 6"));
    }

    private static Optional<Condition> addresses(Side side, Operator operator, JsonNode value, Place place) {
        Field field = side == Side.SOURCE ? Field.SOURCE_IP : Field.DEST_IP;
        return listed(operator, value, place, ConditionReader::address)
                .map(AddressSet::union)
                .map(set -> operator.isNegated() ? set.complement() : set)
                .flatMap(set -> set.isEmpty() ? neverHolds(field, place) : Optional.of(set))
                .map(set -> new Condition.Addresses(side, set));
    }

    private static Optional<AddressSet> address(JsonNode node, Place place) {
        return Values.text(node, place).flatMap(text -> AddressText.read(text, place));
    }

    private static Optional<Condition> directions(Operator operator, JsonNode value, Place place) {
        return listed(operator, value, place, (node, here) -> Values.word(node, here, ONE_WAY))
                .map(named -> admitted(Set.of(Direction.INGRESS, Direction.EGRESS), named, operator))
                .flatMap(set -> set.isEmpty() ? neverHolds(Field.DIRECTION, place) : Optional.of(set))
                .map(Condition.Directions::new);
    }

    private static Optional<Condition> interfaceName(Operator operator, JsonNode value, Place place) {
        BiFunction<JsonNode, Place, Optional<String>> reader = operator == Operator.REGEX
                ? (node, here) -> Values.text(node, here).flatMap(text -> RegexText.read(text, here))
                : InterfaceText::name;
        return listed(operator, value, place, reader)
                .map(names -> new Condition.Interface(new InterfaceMatch(operator.word(), names)));
    }

    private static Optional<Condition> label(Side side, String key, Operator operator, JsonNode value, Place place) {
        BiFunction<JsonNode, Place, Optional<String>> reader = (node, here) -> switch (operator) {
            case REGEX -> Values.text(node, here).flatMap(text -> RegexText.read(text, here));
            case CONTAINS -> Values.line(node, here, Limits.LABEL_VALUE);
            default -> Values.text(node, here).flatMap(text -> Values.boundedLine(text, here, Limits.LABEL_VALUE));
        };
        return listed(operator, value, place, reader)
                .map(values -> new Condition.Label(side, key, new LabelMatch(operator, values)));
    }

    /** The values of a condition: the items of a list for in and not_in, else the one value. */
    private static <T> Optional<List<T>> listed(
            Operator operator, JsonNode value, Place place, BiFunction<JsonNode, Place, Optional<T>> reader) {
        if (operator.takesList()) {
            if (value.isValueNode() && value != StrictJson.REFUSED) {
                return place.refuse(
                        "%s stands where the operator %s wants a list".formatted(Shown.value(value), operator.word()),
                        "write it in [ ], or the operator " + (operator == Operator.IN ? "eq" : "ne"));
            }
            return Values.list(value, place, Limits.VALUES, reader);
        }
        if (value.isArray()) {
            return place.refuse(
                    "a list stands where the operator %s wants one value".formatted(operator.word()),
                    operator == Operator.EQ || operator == Operator.NE
                            ? "write the operator " + (operator == Operator.EQ ? "in" : "not_in")
                            : "write one value, or one rule for each");
        }
        return reader.apply(value, place).map(List::of);
    }

    private static <T extends Comparable<T>> Set<T> admitted(Set<T> all, List<T> named, Operator operator) {
        Set<T> admitted = new TreeSet<>(all);
        if (operator.isNegated()) {
            named.forEach(admitted::remove);
        } else {
            admitted.retainAll(named);
        }
        return admitted;
    }

    private static <T> Optional<T> neverHolds(Field field, Place place) {
        return place.refuse(
                "no packet's %s can hold this condition".formatted(field.word()),
                "write a value that leaves something to match, or remove the rule");
    }

    private static String words(Set<Operator> operators) {
        return String.join(", ", operators.stream().map(Operator::word).toList());
    }
}
