package io.aegisflux.segmentation.engine.linting;

import io.aegisflux.segmentation.engine.interval.U128;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Finds the rules that others which are considered earlier leave nothing to. */
final class Shadows {
    /** Packets that are tried first: one that no earlier rule matches is proof enough, and most rules have some. */
    private static final int SAMPLES = 24;

    /** Steps for one rule's packets that no single rule covers. */
    private static final long STEPS_OF_RULE = 20_000_000;

    private static final int STEPS_OF_RULES = 100; // comparing two of them

    private static final int STEPS_OF_AREAS = 150; // seeing that two do not meet

    private static final int STEPS_OF_INTERVAL = 15; // taking it from another, in one dimension

    private final Ranking ranking;
    private final Budget budget;

    /** Whether there is anything left that a rule decides. */
    sealed interface Answer {
        /** There is. */
        record Open() implements Answer {}

        /** There is not: these cover it, each in part or the only one wholly. */
        record Covered(List<Ranked> by) implements Answer {
            public Covered {
                by = List.copyOf(by);
            }
        }

        /** To find out would take too long. */
        record NotJudged() implements Answer {}
    }

    Shadows(Ranking ranking, Budget budget) {
        this.ranking = ranking;
        this.budget = budget;
    }

    /**
     * What the rules before this one leave of it.
     *
     * @param earlier those that may match some of the same packets, in their order
     */
    Answer of(Ranked rule, List<Ranked> earlier) {
        budget.take(STEPS_OF_RULES * (long) earlier.size());
        if (budget.isSpent()) {
            return new Answer.NotJudged();
        }
        List<Ranked> ending =
                earlier.stream().filter(other -> endsWhere(other, rule)).toList();
        for (Ranked other : ending) {
            if (other.v4().covers(rule.v4()) && other.v6().covers(rule.v6())) {
                return new Answer.Covered(List.of(other));
            }
        }
        Set<Ranked> by = new LinkedHashSet<>();
        for (Function<Ranked, Area> version : List.<Function<Ranked, Area>>of(Ranked::v4, Ranked::v6)) {
            if (version.apply(rule).isEmpty()) {
                continue;
            }
            List<Ranked> meeting = ending.stream()
                    .filter(other -> version.apply(other).meets(version.apply(rule)))
                    .toList();
            Answer answer = together(version.apply(rule), meeting, version);
            if (!(answer instanceof Answer.Covered(List<Ranked> those))) {
                return answer;
            }
            by.addAll(those);
        }
        return new Answer.Covered(List.copyOf(by));
    }

    /** Whether the search ends at the first rule for every packet that both match, for as long as the second lives. */
    private boolean endsWhere(Ranked first, Ranked second) {
        return first.rule().isTerminal()
                && second.asks().containsAll(first.asks())
                && first.outlives(second)
                && ranking.reach().holds(first.policy(), second.policy());
    }

    /**
     * Takes away of an area what each rule in turn has of it, part after part: the first part of which something stays is
     * proof that it is open.
     */
    private Answer together(Area area, List<Ranked> rules, Function<Ranked, Area> version) {
        if (rules.size() < 2 || hasOpenSample(area, rules, version)) {
            return new Answer.Open();
        }
        Budget share = budget.share(STEPS_OF_RULE);
        long given = share.left();
        Answer answer = rest(area, rules, version, share);
        budget.take(given - share.left());
        return answer;
    }

    private boolean hasOpenSample(Area area, List<Ranked> rules, Function<Ranked, Area> version) {
        for (int i = 0; i < SAMPLES; i++) {
            U128[] packet = area.sample(i);
            budget.take(STEPS_OF_AREAS * (long) rules.size());
            if (rules.stream().noneMatch(rule -> version.apply(rule).contains(packet))) {
                return true;
            }
        }
        return false;
    }

    /** @param rules those that meet it, none of which covers it */
    private record Part(Area area, List<Ranked> rules) {}

    private static Answer rest(Area area, List<Ranked> rules, Function<Ranked, Area> version, Budget share) {
        Set<Ranked> used = new LinkedHashSet<>();
        Deque<Part> parts = new ArrayDeque<>(List.of(new Part(area, rules)));
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            if (part.rules.isEmpty()) {
                return new Answer.Open();
            }
            if (share.isSpent()) {
                return new Answer.NotJudged();
            }
            Ranked first = part.rules.getFirst();
            used.add(first);
            Area covering = version.apply(first);
            share.take(STEPS_OF_INTERVAL * Area.DIMENSIONS * (long) (part.area.size() + covering.size()));
            List<Ranked> others = part.rules.subList(1, part.rules.size());
            for (Area left : part.area.minus(covering)) {
                share.take(STEPS_OF_AREAS * (long) others.size());
                List<Ranked> meeting = others.stream()
                        .filter(rule -> version.apply(rule).meets(left))
                        .toList();
                Optional<Ranked> whole = meeting.stream()
                        .filter(rule -> version.apply(rule).covers(left))
                        .findFirst();
                if (whole.isPresent()) {
                    used.add(whole.get());
                } else {
                    parts.push(new Part(left, meeting));
                }
            }
        }
        return new Answer.Covered(new ArrayList<>(used));
    }
}
