package io.aegisflux.segmentation.agent.domain;

import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Verdict;
import java.util.Optional;

/**
 * What the loaded programs made of a packet that they were asked about.
 *
 * @param policyId null for the posture and the failsafe
 * @param policyVersion null with policyId
 * @param ruleId null with policyId
 * @param audit the audit rule that would have denied; null unless the packet passes and one would
 * @param program that was asked
 * @param artifactDigest SHA-256 of its object, lower-case hex
 * @param generation of the table that it was judged by; 0 before the first
 * @param identity of that table; empty before the first
 */
public record Ruling(
        Verdict verdict,
        Reason reason,
        PolicyId policyId,
        Long policyVersion,
        String ruleId,
        Decision.Audit audit,
        String program,
        String artifactDigest,
        long generation,
        Optional<TableIdentity> identity) {}
