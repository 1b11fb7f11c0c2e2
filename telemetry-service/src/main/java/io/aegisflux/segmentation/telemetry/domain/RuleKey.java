package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyId;

/** A rule in a version of its policy. */
record RuleKey(Name name, long version) {
    /** A rule whatever the version of its policy: hosts go on counting under it when the version changes. */
    record Name(PolicyId policy, String rule) {}

    static RuleKey of(MetricsReport.RuleHit hit) {
        return new RuleKey(new Name(hit.policyId(), hit.ruleId()), hit.policyVersion());
    }

    PolicyId policy() {
        return name.policy();
    }

    String rule() {
        return name.rule();
    }
}
