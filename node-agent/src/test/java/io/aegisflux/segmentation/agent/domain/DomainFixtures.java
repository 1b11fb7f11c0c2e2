package io.aegisflux.segmentation.agent.domain;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.EnvelopeSigner;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.SigningKeys;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Wire;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Tables, states and keys for tests. */
public final class DomainFixtures {
    private DomainFixtures() {}

    /** A signer whose keys lie in this directory; made when missing. */
    public static EnvelopeSigner signer(Path directory, String name) {
        return SigningKeys.signer(directory.resolve(name + ".pem"));
    }

    public static Path publicKey(Path directory, String name) {
        return SigningKeys.publicFile(directory.resolve(name + ".pem"));
    }

    /** One policy a name, each of which denies TCP to a port. */
    public static RuleTable table(String... policies) {
        List<PolicyRef> refs = new ArrayList<>();
        List<TableRule> rules = new ArrayList<>();
        for (String policy : policies) {
            refs.add(policy(policy, 1));
            rules.add(deny(refs.size() - 1, "deny-" + policy, null));
        }
        return new RuleTable(refs, rules, Action.ALLOW);
    }

    public static PolicyRef policy(String id, long version) {
        return new PolicyRef(
                new PolicyId(id), version, "network", 100, Mode.ENFORCE, Digests.sha256Hex((id + version).getBytes()));
    }

    public static TableRule deny(int policy, String id, Instant expiresAt) {
        return new TableRule(
                policy,
                id,
                1,
                Action.DENY,
                false,
                Direction.INGRESS,
                null,
                List.of(new NumberRange(6, 6)),
                null,
                null,
                null,
                List.of(new NumberRange(80, 80)),
                null,
                null,
                null,
                0,
                null,
                null,
                expiresAt);
    }

    public static DesiredState state(HostId host, long epoch, long revision, RuleTable table, String artifact) {
        return new DesiredState(
                host, epoch, revision, table, null, Digests.sha256Hex(Wire.write(table)), artifact, Instant.EPOCH);
    }

    /** The bytes of an envelope around a state. */
    public static byte[] sealed(EnvelopeSigner signer, DesiredState state) {
        return Wire.write(signer.sign(SignedEnvelope.DESIRED_STATE, Wire.write(state)));
    }
}
