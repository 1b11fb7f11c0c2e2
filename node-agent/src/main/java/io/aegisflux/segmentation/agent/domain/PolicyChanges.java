package io.aegisflux.segmentation.agent.domain;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a new table means for each policy. A policy that the table names without a rule of it decides nothing: that is
 * how a disabled one stands there.
 */
public final class PolicyChanges {
    public static final String CREATED = "created";
    public static final String UPDATED = "updated";
    public static final String DELETED = "deleted";
    public static final String ENABLED = "enabled";
    public static final String DISABLED = "disabled";

    private PolicyChanges() {}

    /**
     * @param action one of the constants above
     * @param version null for a deletion
     */
    public record Change(PolicyId policyId, String action, String type, Long version) {}

    /** In the order of the new table, what went at the end. */
    public static List<Change> between(RuleTable before, RuleTable after) {
        Map<PolicyId, PolicyRef> former = byId(before);
        Set<PolicyId> deciding = deciding(after);
        Set<PolicyId> decided = deciding(before);
        List<Change> changes = new ArrayList<>();
        for (PolicyRef now : after.policies()) {
            PolicyRef then = former.remove(now.id());
            String action = action(then, now, decided.contains(now.id()), deciding.contains(now.id()));
            if (action != null) {
                changes.add(new Change(now.id(), action, now.type(), now.version()));
            }
        }
        for (PolicyRef gone : former.values()) {
            changes.add(new Change(gone.id(), DELETED, gone.type(), null));
        }
        return changes;
    }

    /** The policies that have at least one rule in the table. */
    public static Set<PolicyId> deciding(RuleTable table) {
        Set<PolicyId> ids = new HashSet<>();
        for (TableRule rule : table.rules()) {
            ids.add(table.policies().get(rule.policy()).id());
        }
        return ids;
    }

    private static String action(PolicyRef then, PolicyRef now, boolean decided, boolean decides) {
        if (then == null) {
            return CREATED;
        }
        if (decided != decides) {
            return decides ? ENABLED : DISABLED;
        }
        return then.equals(now) ? null : UPDATED;
    }

    private static Map<PolicyId, PolicyRef> byId(RuleTable table) {
        Map<PolicyId, PolicyRef> byId = new LinkedHashMap<>();
        table.policies().forEach(policy -> byId.put(policy.id(), policy));
        return byId;
    }
}
