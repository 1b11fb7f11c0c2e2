package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;

/**
 * What the kernel of a host made of a packet that never was on a wire (BPF_PROG_TEST_RUN): the decision by the rules in force
 * and the failsafe, about a connection of which nothing is known yet. It is not counted, remembered or reported.
 *
 * @param reason why, FAILSAFE for what no policy may cut
 * @param policyId the deciding policy; null for the posture and the failsafe
 * @param policyVersion its version, null with policyId
 * @param ruleId its rule, or {@link TableRule#DEFAULT_RULE_ID}; null with policyId
 * @param audit what an audit policy would have denied; null if nothing
 * @param hook where such a packet is decided: tc_ingress or tc_egress
 * @param hooks how the programs are attached there, by hook and interface; empty where nothing is attached
 * @param program that was asked, of the object that is loaded
 * @param artifact SHA-256 of that object, lower-case hex
 * @param epoch of the desired state in force, 0 before the first
 * @param revision likewise
 * @param generation of its table, counted by the host; 0 before the first
 */
public record ProbeReply(
        HostId hostId,
        Verdict verdict,
        Reason reason,
        PolicyId policyId,
        Long policyVersion,
        String ruleId,
        Decision.Audit audit,
        Hook hook,
        Map<String, String> hooks,
        String program,
        String artifact,
        long epoch,
        long revision,
        long generation,
        Instant timestamp) {
    public ProbeReply {
        requireNonNull(hostId, "host_id is missing");
        requireNonNull(verdict, "verdict is missing");
        requireNonNull(reason, "reason is missing");
        requireNonNull(hook, "hook is missing");
        requireNonNull(hooks, "hooks is missing");
        requireNonNull(program, "program is missing");
        requireNonNull(timestamp, "timestamp is missing");
        Digests.requireHex(artifact, "artifact");
        Figures.requireDecider(policyId, policyVersion, ruleId);
        Figures.requireCount(epoch, "epoch");
        Figures.requireCount(revision, "revision");
        Figures.requireCount(generation, "generation");
        hooks = Frozen.map(hooks);
    }
}
