package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.contracts.Author;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;

/** Publishes a policy again with its member {@code enabled} set. */
final class Enabling {
    private static final String ENABLED = "enabled";

    private Enabling() {}

    /** Nothing is published where the policy stands so already. */
    static int publish(RootCommand root, PolicyId policy, boolean enabled, Author author) {
        try (BusClient bus = root.connect()) {
            PolicyBus policies = new PolicyBus(bus);
            StoredPolicy latest = policies.get(policy, null);
            if (latest.document().path(ENABLED).asBoolean(true) == enabled) {
                root.output()
                        .notice("%s v%d is %s already"
                                .formatted(policy, latest.version(), enabled ? "enabled" : "disabled"));
                return ExitCode.OK;
            }
            ObjectNode document = latest.document().deepCopy();
            document.put(ENABLED, enabled);
            return Republished.publish(policies, policy, document, latest.version(), author, root.output());
        }
    }
}
