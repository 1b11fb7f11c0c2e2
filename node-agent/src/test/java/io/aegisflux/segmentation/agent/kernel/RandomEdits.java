package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.classbench.ClassBench;
import io.aegisflux.segmentation.engine.classbench.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Changes tables a little: a rule comes, a rule goes, a rule decides the opposite, or two of it. */
final class RandomEdits {
    private final Random random;
    private final List<TableRule> donors;
    private int count;

    RandomEdits(long seed, int ipVersion) {
        random = new Random(seed);
        donors = ClassBench.table(Profile.FW, 500, ipVersion, seed + 99).rules();
    }

    RuleTable next(RuleTable table) {
        List<TableRule> rules = new ArrayList<>(table.rules());
        for (int i = random.nextInt(2); i >= 0; i--) {
            edit(rules);
        }
        return new RuleTable(table.policies(), rules, table.posture());
    }

    /** One more rule, somewhere. */
    RuleTable withOneMore(RuleTable table) {
        List<TableRule> rules = new ArrayList<>(table.rules());
        rules.add(random.nextInt(rules.size()), another());
        return new RuleTable(table.policies(), rules, table.posture());
    }

    private TableRule another() {
        TableRule donor = donors.get(random.nextInt(donors.size() - 1)); // the last one is the default
        return with(donor, "edit-" + count++, donor.isTerminal() ? donor.action() : Action.DENY);
    }

    private void edit(List<TableRule> rules) {
        int at = random.nextInt(rules.size());
        TableRule rule = rules.get(at);
        switch (random.nextInt(5)) {
            case 0 -> rules.remove(at);
            case 1, 2 -> {
                if (rule.isTerminal()) {
                    rules.set(at, with(rule, rule.ruleId(), rule.action() == Action.DENY ? Action.ALLOW : Action.DENY));
                }
            }
            default -> rules.add(at, another());
        }
    }

    private static TableRule with(TableRule rule, String id, Action action) {
        return rule.with(rule.policy(), id, action, rule.audit() && action == rule.action());
    }
}
