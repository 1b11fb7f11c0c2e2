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
import io.aegisflux.segmentation.engine.interval.AddressSet;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Makes rule tables of the kind that labels lead to: groups of many addresses, which overlap, and rules from one to another
 * at some ports. The same arguments make the same table.
 */
public final class GroupTables {
    private static final Action[] ACTIONS = {Action.ALLOW, Action.ALLOW, Action.DENY, Action.LOG};
    private static final int[] LENGTHS = {32, 32, 32, 32, 28, 24};
    private static final Direction[] DIRECTIONS = {Direction.INGRESS, Direction.EGRESS, Direction.BOTH};

    private final SplittableRandom random;
    private final AddressTree addresses;
    private final int ipVersion;

    private GroupTables(int ipVersion, long seed) {
        this.random = new SplittableRandom(seed);
        this.ipVersion = ipVersion;
        this.addresses = new AddressTree(ipVersion, 70, random.nextLong());
    }

    /**
     * Makes a table, whose posture is to deny.
     *
     * @param groups how many there are
     * @param members how many addresses and prefixes the largest has, before those that lie in others are dropped
     */
    public static RuleTable table(int groups, int members, int rules, int ipVersion, long seed) {
        GroupTables tables = new GroupTables(ipVersion, seed);
        List<List<Prefix>> named = IntStream.range(0, groups)
                .mapToObj(i -> tables.group(1 + tables.random.nextInt(members)))
                .toList();
        PolicyRef policy = new PolicyRef(new PolicyId("groups"), 1, "network", 1, Mode.ENFORCE, "0".repeat(64));
        return new RuleTable(
                List.of(policy),
                IntStream.range(0, rules).mapToObj(i -> tables.rule(i, named)).toList(),
                Action.DENY);
    }

    private List<Prefix> group(int members) {
        List<Prefix> prefixes = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            prefixes.add(addresses.prefix(LENGTHS[random.nextInt(LENGTHS.length)], null, 0, random));
        }
        return AddressSet.of(prefixes).prefixes();
    }

    private TableRule rule(int index, List<List<Prefix>> groups) {
        return new TableRule(
                0,
                "r" + index,
                index,
                ACTIONS[random.nextInt(ACTIONS.length)],
                random.nextInt(10) == 0,
                DIRECTIONS[random.nextInt(DIRECTIONS.length)],
                ipVersion,
                List.of(new NumberRange(6, 6)),
                side(groups),
                side(groups),
                null,
                ports(),
                null,
                null,
                null,
                0,
                null,
                null,
                null);
    }

    private List<Prefix> side(List<List<Prefix>> groups) {
        return random.nextInt(6) == 0 ? null : groups.get(random.nextInt(groups.size()));
    }

    private List<NumberRange> ports() {
        return IntStream.range(0, 1 + random.nextInt(20))
                .map(i -> 1_000 + 10 * i)
                .mapToObj(low -> new NumberRange(low, low + random.nextInt(3)))
                .toList();
    }
}
