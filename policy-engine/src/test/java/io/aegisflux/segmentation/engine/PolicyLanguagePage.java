package io.aegisflux.segmentation.engine;

import io.aegisflux.segmentation.contracts.LintCode;
import io.aegisflux.segmentation.engine.language.Field;
import io.aegisflux.segmentation.engine.language.Limits;
import io.aegisflux.segmentation.engine.language.Operator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** docs/policy-language.md taken apart: its tables, which are the engine's, and its fenced blocks. */
record PolicyLanguagePage(String text) {
    private static final Pattern TABLE =
            Pattern.compile("(<!-- table: ([a-z]+) -->\n)(.*?)(<!-- /table -->)", Pattern.DOTALL);
    private static final Pattern BLOCK = Pattern.compile("(?m)^```([a-z ]+)\n(.*?)^```$", Pattern.DOTALL);

    /** What stands between two fences; the kind is what the first says of it. */
    record Block(String kind, String content, int line) {
        @Override
        public String toString() {
            return "line %d, %s".formatted(line, kind);
        }
    }

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            int line = (int) text.substring(0, matcher.start()).lines().count() + 1;
            blocks.add(new Block(matcher.group(1), matcher.group(2), line));
        }
        return blocks;
    }

    /** The page with its tables as the engine would have them. */
    PolicyLanguagePage withTablesOfTheEngine() {
        Map<String, String> tables =
                Map.of("fields", fields(), "operators", operators(), "limits", limits(), "findings", findings());
        return new PolicyLanguagePage(TABLE.matcher(text)
                .replaceAll(match ->
                        Matcher.quoteReplacement(match.group(1) + tables.get(match.group(2)) + match.group(4))));
    }

    private static String fields() {
        return Arrays.stream(Field.values())
                .map(field -> "| `%s` | %s | %s |\n"
                        .formatted(
                                field.word(),
                                field.valueForm(),
                                field.operators().stream()
                                        .map(it -> "`%s`".formatted(it.word()))
                                        .collect(Collectors.joining(" "))))
                .collect(Collectors.joining("", "| field | value | operators |\n|---|---|---|\n", ""));
    }

    private static String operators() {
        return Arrays.stream(Operator.values())
                .map(it -> "| `%s` | %s%s |\n"
                        .formatted(it.word(), it.meaning(), it.takesList() ? "; the value is a list" : ""))
                .collect(Collectors.joining("", "| operator | holds when |\n|---|---|\n", ""));
    }

    private static String findings() {
        return Arrays.stream(LintCode.values())
                .map(code -> "| `%s` | %s |\n".formatted(code.wireName(), code.meaning()))
                .collect(Collectors.joining("", "| code | what is so |\n|---|---|\n", ""));
    }

    private static String limits() {
        String[][] rows = {
            {"bytes of a document", figure(Limits.DOCUMENT_BYTES)},
            {"objects and lists within each other", figure(Limits.NESTING)},
            {"rules of a policy", figure(Limits.RULES)},
            {"conditions of a rule", figure(Limits.CONDITIONS)},
            {"values of the list of a condition", figure(Limits.VALUES)},
            {
                "prefixes that the addresses of a policy come to, ranges and negations written out",
                figure(Limits.PREFIXES)
            },
            {"hosts, labels and interfaces of `applies_to`, of each", figure(Limits.APPLIES_TO)},
            {"tests of a policy", figure(Limits.TESTS)},
            {"labels of a workload of the registry", figure(Limits.WORKLOAD_LABELS)},
            {"addresses of a workload of the registry", figure(Limits.WORKLOAD_ADDRESSES)},
            {"characters of a name", figure(Limits.NAME)},
            {"characters of a label's value", figure(Limits.LABEL_VALUE)},
            {"characters of a regular expression", figure(Limits.REGEX)},
            {"characters of an interface's name", figure(Limits.INTERFACE_NAME)},
            {"characters of any other text", figure(Limits.TEXT)},
            {"characters of a number", figure(Limits.NUMBER)},
            {"largest priority", figure(Limits.PRIORITY)},
            {"violations that are listed", figure(Limits.VIOLATIONS)},
        };
        return Arrays.stream(rows)
                .map(row -> "| %s | %s |\n".formatted(row[0], row[1]))
                .collect(Collectors.joining("", "| | at most |\n|---|---|\n", ""));
    }

    private static String figure(int number) {
        return String.format(java.util.Locale.ROOT, "%,d", number);
    }
}
