package io.aegisflux.segmentation.engine.parsing;

import io.aegisflux.segmentation.engine.language.Limits;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Reads a regular expression of java.util.regex whose backtracking stays bounded: no repetition of a part that itself
 * has repetitions or alternatives, no back reference, no look-around, and a limited product of all choices.
 */
final class RegexText {
    /** Steps that {@code n} repetitions in a row can take on the longest text: its length to the power n, over n!. */
    private static final long[] STEPS = {1, 256, 32_768, 2_796_202};

    /** About 70 ms on the longest value of a label. */
    private static final long MOST_STEPS = 3_000_000;

    private final String regex;
    private final boolean[] branches = new boolean[Limits.REGEX + 2]; // by depth: has repetitions or alternatives
    private final int[] bars = new int[Limits.REGEX + 2]; // by depth
    private int at;
    private int depth;
    private int repetitions;
    private long choices = 1;

    private RegexText(String regex) {
        this.regex = regex;
    }

    static Optional<String> read(String regex, Place place) {
        if (regex.isEmpty() || regex.length() > Limits.REGEX) {
            return place.refuse(
                    "a regular expression of %d characters".formatted(regex.length()),
                    "write 1 to %d characters".formatted(Limits.REGEX));
        }
        try {
            Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            return place.refuse(
                    "%s is not a regular expression: %s at index %d"
                            .formatted(Shown.text(regex), e.getDescription(), e.getIndex()),
                    "write one in the syntax of java.util.regex; a literal '.', '*' or '(' needs \\\\ before it");
        }
        Optional<String> costly = new RegexText(regex).costly();
        return costly.isEmpty()
                ? Optional.of(regex)
                : place.refuse(
                        "%s is not admitted: %s".formatted(Shown.text(regex), costly.get()),
                        "write it without, or list the values with the operator in");
    }

    /** What in the expression, which is known to compile, could make a match take long. */
    private Optional<String> costly() {
        while (at < regex.length()) {
            boolean branching = false;
            switch (regex.charAt(at++)) {
                case '\\' -> {
                    char escaped = regex.charAt(at++);
                    if ("123456789kQEpPxNc0uRXbBAGZz".indexOf(escaped) >= 0) {
                        return Optional.of("the escape \\" + escaped);
                    }
                }
                case '[' -> {
                    if (!skipClass()) {
                        return Optional.of("a class within a class");
                    }
                }
                case '(' -> {
                    if (regex.startsWith("?", at) && !regex.startsWith("?:", at)) {
                        return Optional.of("a special group (?…");
                    }
                    at += regex.startsWith("?:", at) ? 2 : 0;
                    depth++;
                    branches[depth] = false;
                    bars[depth] = 0;
                    continue;
                }
                case ')' -> branching = closeGroup();
                case '|' -> {
                    bars[depth]++;
                    branches[depth] = true;
                    continue;
                }
                default -> {}
            }
            if (quantifier(branching)) {
                return Optional.of("a repetition of what has repetitions or alternatives");
            }
        }
        return repetitions >= STEPS.length || choices > MOST_STEPS / STEPS[repetitions]
                ? Optional.of("its repetitions and alternatives together take too many steps")
                : Optional.empty();
    }

    private boolean closeGroup() {
        boolean branching = branches[depth];
        choose(bars[depth] + 1);
        depth--;
        branches[depth] |= branching;
        return branching;
    }

    private void choose(int ways) {
        choices = Math.min(choices * ways, MOST_STEPS + 1);
    }

    /** Steps over the quantifier that stands here, if one does; true when it may not stand there. */
    private boolean quantifier(boolean branching) {
        char c = at < regex.length() ? regex.charAt(at) : ' ';
        if (!isQuantifier(c)) {
            return false;
        }
        branches[depth] = true;
        if (c == '?') {
            choose(2);
        } else {
            repetitions++;
        }
        at = c == '{' ? regex.indexOf('}', at) + 1 : at + 1;
        if (at < regex.length() && (regex.charAt(at) == '?' || regex.charAt(at) == '+')) {
            at++; // reluctant or possessive
        }
        boolean twice = at < regex.length() && isQuantifier(regex.charAt(at));
        return twice || branching && c != '?';
    }

    private static boolean isQuantifier(char c) {
        return c == '*' || c == '+' || c == '?' || c == '{';
    }

    /** Steps behind the class whose '[' was read; false when another one is in it. */
    private boolean skipClass() {
        at += regex.startsWith("^", at) ? 1 : 0;
        for (boolean first = true; at < regex.length(); first = false) {
            char c = regex.charAt(at++);
            if (c == ']' && !first) {
                return true;
            }
            if (c == '[') {
                return false;
            }
            at += c == '\\' ? 1 : 0;
        }
        return true;
    }
}
