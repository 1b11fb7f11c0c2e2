package io.aegisflux.segmentation.engine.parsing;

import io.aegisflux.segmentation.engine.interval.AddressSet;
import io.aegisflux.segmentation.engine.language.Condition;
import io.aegisflux.segmentation.engine.language.Limits;
import io.aegisflux.segmentation.engine.language.Rule;
import io.aegisflux.segmentation.engine.language.Side;
import java.util.List;
import java.util.Optional;

/** Refuses a policy whose ranges and negations would come to more prefixes than hosts should be sent. */
final class AddressBudget {
    private AddressBudget() {}

    static Optional<List<Rule>> check(List<Rule> rules, Place place) {
        long prefixes = 0;
        for (int i = 0; i < rules.size(); i++) {
            for (Side side : Side.values()) {
                prefixes += admitted(rules.get(i), side).prefixCount();
            }
            if (prefixes > Limits.PREFIXES) {
                return place.item(i)
                        .refuse(
                                "the addresses of the rules up to this one come to more than %d prefixes"
                                        .formatted(Limits.PREFIXES),
                                "use CIDRs instead of ranges, shorter negated lists, or several policies");
            }
        }
        return Optional.of(rules);
    }

    private static AddressSet admitted(Rule rule, Side side) {
        return rule.conditions().stream()
                .filter(condition -> condition instanceof Condition.Addresses it && it.side() == side)
                .map(condition -> ((Condition.Addresses) condition).admitted())
                .reduce(AddressSet.ALL, AddressSet::intersect);
    }
}
