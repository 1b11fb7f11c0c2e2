package io.aegisflux.segmentation.engine.linting;

import io.aegisflux.segmentation.engine.language.AppliesTo;
import io.aegisflux.segmentation.engine.language.Glob;
import io.aegisflux.segmentation.engine.language.Policy;
import java.util.BitSet;
import java.util.List;

/** Which policies stand beside each other on hosts. */
sealed interface Reach {
    /** Whether the first applies wherever the second does, and this is somewhere. */
    boolean holds(Policy wide, Policy narrow);

    /** Whether there is a host that both apply to. */
    boolean meets(Policy a, Policy b);

    /** By what the policies say, whichever hosts there are. What cannot be told from that does not hold. */
    record OfAnyFleet() implements Reach {
        @Override
        public boolean holds(Policy wide, Policy narrow) {
            return wide.id().equals(narrow.id()) || holds(wide.appliesTo(), narrow.appliesTo());
        }

        @Override
        public boolean meets(Policy a, Policy b) {
            return holds(a, b) || holds(b, a);
        }

        private static boolean holds(AppliesTo wide, AppliesTo narrow) {
            return narrow.labels().entrySet().containsAll(wide.labels().entrySet())
                    && (wide.hosts().isEmpty()
                            || !narrow.hosts().isEmpty()
                                    && narrow.hosts().stream().allMatch(glob -> fits(wide.hosts(), glob)));
        }

        private static boolean fits(List<Glob> wide, Glob narrow) {
            return wide.contains(narrow)
                    || narrow.isLiteral() && wide.stream().anyMatch(glob -> glob.matches(narrow.text()));
        }
    }

    /** By the hosts that are known. */
    record OfKnownFleet(Fleet fleet) implements Reach {
        @Override
        public boolean holds(Policy wide, Policy narrow) {
            BitSet places = fleet.places(narrow);
            if (places.isEmpty() || wide.id().equals(narrow.id())) {
                return !places.isEmpty();
            }
            BitSet rest = (BitSet) places.clone();
            rest.andNot(fleet.places(wide));
            return rest.isEmpty();
        }

        @Override
        public boolean meets(Policy a, Policy b) {
            return fleet.places(a).intersects(fleet.places(b));
        }
    }
}
