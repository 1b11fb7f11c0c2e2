package io.aegisflux.segmentation.engine.classbench;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Makes rule tables of a profile: distinct rules that overlap, roughly the narrower before the wider, so that few are hidden
 * by others. The same arguments make the same table.
 */
public final class ClassBench {
    private static final Action[] ACTIONS = {Action.ALLOW, Action.DENY, Action.DENY, Action.ALLOW, Action.LOG};
    private static final int AUDITED = 20; // one rule in so many
    private static final int DISORDER = 16; // bits of scope by which a rule may come too late
    private static final int[] ICMP_TYPES = {3, 8, 11, 12};
    private static final int[] ICMP6_TYPES = {1, 3, 4, 128};

    private final Profile profile;
    private final int ipVersion;
    private final SplittableRandom random;
    private final AddressTree addresses;

    private record Placed(Box box, int scope) {}

    private ClassBench(Profile profile, int ipVersion, long seed) {
        this.profile = profile;
        this.ipVersion = ipVersion;
        this.random = new SplittableRandom(seed);
        this.addresses = new AddressTree(ipVersion, profile.skew(), random.nextLong());
    }

    /**
     * Makes a table, whose posture is to allow.
     *
     * @param rules how many, the default rule included that every second seed has as its last
     * @param ipVersion 4 or 6, of all rules but the default one
     */
    public static RuleTable table(Profile profile, int rules, int ipVersion, long seed) {
        PolicyRef policy = new PolicyRef(new PolicyId(profile.word()), 1, "network", 1, Mode.ENFORCE, "0".repeat(64));
        return new RuleTable(
                List.of(policy), new ClassBench(profile, ipVersion, seed).rules(rules, seed % 2 == 0), Action.ALLOW);
    }

    private List<TableRule> rules(int count, boolean withDefault) {
        boolean ending = withDefault && count > 0;
        List<TableRule> rules = new ArrayList<>(count);
        for (Box box : boxes(ending ? count - 1 : count)) {
            Action action = ACTIONS[random.nextInt(ACTIONS.length)];
            rules.add(box.rule(rules.size(), action, random.nextInt(AUDITED) == 0, ipVersion));
        }
        if (ending) {
            rules.add(defaultRule());
        }
        return rules;
    }

    private List<Box> boxes(int count) {
        Set<Box> known = new HashSet<>(2 * count);
        List<Placed> placed = new ArrayList<>(count);
        while (placed.size() < count) {
            Box box = box(placed);
            if (known.add(box)) {
                placed.add(new Placed(box, box.scope(ipVersion == 4 ? 32 : 128) + random.nextInt(DISORDER)));
            }
        }
        placed.sort(Comparator.comparingInt(Placed::scope));
        return placed.stream().map(Placed::box).toList();
    }

    private Box box(List<Placed> earlier) {
        Profile.Lengths lengths = profile.lengths(random);
        Prefix source;
        Prefix destination;
        if (!earlier.isEmpty() && random.nextInt(100) < profile.nesting()) {
            Box near = earlier.get(random.nextInt(earlier.size())).box();
            source = addresses.prefix(lengths.source(), near.source(), 100, random);
            destination = addresses.prefix(lengths.destination(), near.destination(), 100, random);
        } else {
            source = addresses.prefix(lengths.source(), null, 0, random);
            destination = addresses.prefix(lengths.destination(), source, profile.correlation(), random);
        }
        Profile.Protocol protocol = profile.protocol(random);
        return switch (protocol) {
            case TCP, UDP ->
                new Box(
                        one(protocol.number(ipVersion)),
                        source,
                        destination,
                        profile.sourcePorts(random).ranges(random),
                        profile.destPorts(random).ranges(random),
                        null);
            case ICMP -> new Box(one(protocol.number(ipVersion)), source, destination, null, null, icmpTypes());
            case ANY -> new Box(null, source, destination, null, null, null);
        };
    }

    private List<NumberRange> icmpTypes() {
        int[] types = ipVersion == 4 ? ICMP_TYPES : ICMP6_TYPES;
        return random.nextBoolean() ? null : one(types[random.nextInt(types.length)]);
    }

    private static List<NumberRange> one(int number) {
        return List.of(new NumberRange(number, number));
    }

    private static TableRule defaultRule() {
        return new TableRule(
                0,
                TableRule.DEFAULT_RULE_ID,
                0,
                Action.DENY,
                false,
                Direction.INGRESS,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                0,
                null,
                null,
                null);
    }
}
