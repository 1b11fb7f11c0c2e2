package io.aegisflux.segmentation.engine.parsing;

import static io.aegisflux.segmentation.engine.Documents.accepted;
import static io.aegisflux.segmentation.engine.Documents.policy;
import static io.aegisflux.segmentation.engine.Documents.refused;
import static io.aegisflux.segmentation.engine.Documents.rule;
import static io.aegisflux.segmentation.engine.Documents.version1;
import static io.aegisflux.segmentation.engine.Documents.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.engine.language.Limits;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A small document cannot come to a huge table. */
class AddressBudgetTest {
    /** A range from the second address of a /16 to the last but one needs 2 prefixes for each of the other 112 bits but one. */
    private static final int PREFIXES_OF_A_RANGE = 222;

    @Test
    void takesRangesUpToTheBudgetAndLowersThemToThatManyPrefixes() {
        int ranges = Limits.PREFIXES / PREFIXES_OF_A_RANGE - 1;
        String document = policy("p", 1, "", rule("r", "deny", 1, "", when("source_ip", "in", ranges(0, ranges))));
        RuleTable table = Lowering.lower(
                List.of(version1(document)), new HostView(new HostId("h"), Map.of(), Action.ALLOW), List.of());

        assertThat(table.rules().getFirst().sources())
                .hasSize(ranges * PREFIXES_OF_A_RANGE)
                .size()
                .isLessThanOrEqualTo(Limits.PREFIXES);
    }

    @Test
    void refusesThePolicyAtTheRuleThatGoesBeyondIt() {
        int half = Limits.PREFIXES / PREFIXES_OF_A_RANGE / 2 + 1;

        assertThat(refused(policy(
                        "p",
                        1,
                        "",
                        rule("a", "deny", 1, "", when("source_ip", "in", ranges(0, half))),
                        rule("b", "deny", 1, "", when("dest_ip", "in", ranges(0, half))),
                        rule("c", "deny", 1, ""))))
                .containsExactly(new Violation(
                        "/rules/1",
                        "the addresses of the rules up to this one come to more than 262144 prefixes",
                        "use CIDRs instead of ranges, shorter negated lists, or several policies"));
    }

    @Test
    void countsNegationsWrittenOut() {
        String holes = IntStream.range(0, 4_000)
                .mapToObj(i -> "\"%x:%x::1\"".formatted(i % 256 << 8, i / 256 << 8))
                .collect(Collectors.joining(",", "[", "]"));

        accepted(policy("p", 1, "", rule("r", "deny", 1, "", when("source_ip", "in", holes))));
        assertThat(refused(policy("p", 1, "", rule("r", "deny", 1, "", when("source_ip", "not_in", holes)))))
                .extracting(Violation::path)
                .containsExactly("/rules/0");
    }

    @Test
    void countsWhatTheConditionsOfARuleLeaveTogether() {
        int ranges = Limits.PREFIXES / PREFIXES_OF_A_RANGE + 10;

        String[] conditions = {when("source_ip", "in", ranges(0, ranges)), when("source_ip", "eq", "\"1::/16\"")};

        accepted(policy("p", 1, "", rule("r", "deny", 1, "", conditions)));
        refused(policy("p", 1, "", rule("r", "deny", 1, "", conditions[0])));
    }

    /** Ranges within /16 networks of IPv6, none of which touches another. */
    private static String ranges(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "\"%x::1-%x:ffff:ffff:ffff:ffff:ffff:ffff:fffe\"".formatted(i + 1, i + 1))
                .collect(Collectors.joining(",", "[", "]"));
    }
}
