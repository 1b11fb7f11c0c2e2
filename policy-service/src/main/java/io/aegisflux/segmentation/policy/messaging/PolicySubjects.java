package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Violation;

/** What the subject of a publish says. */
final class PolicySubjects {
    private PolicySubjects() {}

    /**
     * The policy that a publish is about.
     *
     * @throws IllegalArgumentException when the subject is deeper than one token, or the token no policy id
     */
    static PolicyId policy(String subject) {
        return new PolicyId(subject.substring(Subjects.POLICIES.length()));
    }

    /**
     * The policy whose versions a subject of the store holds.
     *
     * @throws IllegalArgumentException when it holds those of none
     */
    static PolicyId stored(String subject) {
        return new PolicyId(subject.substring(Subjects.POLICY_STORE.length()));
    }

    static Violation badId(String subject, IllegalArgumentException reason) {
        return new Violation(
                "/id",
                "the subject %s names no policy: %s".formatted(subject, reason.getMessage()),
                "publish to segmentation.policies.<id>, the id one token of letters, digits, '-' and '_'");
    }
}
