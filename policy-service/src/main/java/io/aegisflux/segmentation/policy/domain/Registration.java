package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.RegisteredWorkload;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.WorkloadId;
import io.aegisflux.segmentation.engine.parsing.WorkloadParser;
import java.util.List;

/** What a message on {@code segmentation.workloads.<id>} says. The same bytes always say the same. */
public sealed interface Registration {
    /** The workload is this from now on. */
    record Registered(RegisteredWorkload workload) implements Registration {}

    /** The workload is gone. */
    record Removed(WorkloadId id) implements Registration {}

    /** Nothing: what was said before stays. */
    record Refused(List<Violation> violations) implements Registration {
        public Refused {
            violations = List.copyOf(violations);
        }
    }

    /** Reads a message. */
    static Registration of(String subject, byte[] body) {
        WorkloadId id;
        try {
            id = new WorkloadId(subject.substring(Subjects.WORKLOADS.length()));
        } catch (IllegalArgumentException e) {
            return new Refused(List.of(new Violation(
                    "/id",
                    "the subject %s names no workload: %s".formatted(subject, e.getMessage()),
                    "publish to segmentation.workloads.<id>, the id one token of letters, digits, '-' and '_'")));
        }
        if (body.length == 0) {
            return new Removed(id);
        }
        return switch (WorkloadParser.parse(body, id)) {
            case WorkloadParser.Result.Accepted(RegisteredWorkload workload) -> new Registered(workload);
            case WorkloadParser.Result.Rejected(List<Violation> violations) -> new Refused(violations);
        };
    }
}
