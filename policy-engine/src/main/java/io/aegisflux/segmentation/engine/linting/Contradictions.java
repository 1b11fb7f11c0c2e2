package io.aegisflux.segmentation.engine.linting;

import io.aegisflux.segmentation.contracts.InterfaceMatch;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Finds rules of different action between which priorities do not decide. */
final class Contradictions {
    private static final int STEPS_OF_PAIR = 100;

    private final Ranking ranking;
    private final List<String> interfaces;
    private final Instant now;
    private final Budget budget;

    /** @param interfaces names that packets may come with, beside those that conditions name */
    Contradictions(Ranking ranking, Collection<String> interfaces, Instant now, Budget budget) {
        this.ranking = ranking;
        this.interfaces = List.copyOf(interfaces);
        this.now = now;
        this.budget = budget;
    }

    /**
     * The first wanted rule that only the tie-break puts before this one; nothing also when the budget is spent.
     *
     * @param earlier those that may match some of the same packets, in their order
     */
    Optional<Ranked> with(Ranked rule, List<Ranked> earlier, Predicate<Ranked> wanted) {
        if (!rule.rule().isTerminal()) {
            return Optional.empty();
        }
        int first = firstOfPriority(rule);
        for (Ranked other : earlier) {
            if (budget.isSpent()) {
                return Optional.empty();
            }
            if (other.place() < first) {
                continue;
            }
            budget.take(STEPS_OF_PAIR);
            if (wanted.test(other)
                    && other.rule().isTerminal()
                    && !other.isPast(now)
                    && other.rule().action() != rule.rule().action()
                    && ranking.reach().meets(other.policy(), rule.policy())
                    && (other.v4().meets(rule.v4()) || other.v6().meets(rule.v6()))
                    && meet(other, rule)) {
                return Optional.of(other);
            }
        }
        return Optional.empty();
    }

    /** The place of the first rule that has both of the same priorities. */
    int firstOfPriority(Ranked rule) {
        int first = rule.place();
        while (first > 0 && isAsEarly(ranking.rules().get(first - 1), rule)) {
            first--;
        }
        return first;
    }

    private static boolean isAsEarly(Ranked other, Ranked rule) {
        return other.policy().priority() == rule.policy().priority()
                && other.rule().priority() == rule.rule().priority();
    }

    /** Whether a packet can hold what both ask; false where that cannot be told. */
    private boolean meet(Ranked a, Ranked b) {
        if (a.asks().containsAll(b.asks()) || b.asks().containsAll(a.asks())) {
            return true;
        }
        boolean labelsMeet = a.labels().containsAll(b.labels()) || b.labels().containsAll(a.labels());
        List<InterfaceMatch> both =
                Stream.concat(a.interfaces().stream(), b.interfaces().stream()).toList();
        return labelsMeet && (InterfaceNames.anyHolds(interfaces, both) || InterfaceNames.anyNamedHolds(both));
    }
}
