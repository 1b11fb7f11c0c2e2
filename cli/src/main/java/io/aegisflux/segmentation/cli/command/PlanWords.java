package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.terminal.Ages;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyPlan.Change;
import io.aegisflux.segmentation.contracts.PolicyPlan.Evidence;
import io.aegisflux.segmentation.contracts.PolicyPlan.Row;
import io.aegisflux.segmentation.contracts.PolicyPlan.Total;
import io.aegisflux.segmentation.contracts.PolicyPlan.Unjudged;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A plan in words, for the screen and for Markdown alike. */
final class PlanWords {
    private static final int SILENT_NAMED = 5;

    /** Records of the window's begin may be this late without a word. */
    private static final Duration LATE = Duration.ofMinutes(2);

    private PlanWords() {}

    /** {@code 611 flows, 18204 connections}. */
    static String total(Total total) {
        return "%s, %s".formatted(count(total.distinct(), "flow"), count(total.connections(), "connection"));
    }

    /** {@code web-db v1 → v2}. */
    static String change(Change change) {
        String what = switch (change.action()) {
            case StoredPolicy.CREATED -> "new";
            case StoredPolicy.UPDATED -> "v%d → v%d".formatted(change.version(), change.version() + 1);
            case StoredPolicy.DELETED -> "v%d → deleted".formatted(change.version());
            default -> change.version() == 0 ? "there is none" : "v%d, unchanged".formatted(change.version());
        };
        return change.policyId() + " " + what;
    }

    static String source(Row row) {
        return end(row.sourceName(), row.sourceIp() == null ? "this host" : row.sourceIp());
    }

    static String destination(Row row) {
        String ip = row.destPort() != null && row.destIp().indexOf(':') >= 0 ? "[" + row.destIp() + "]" : row.destIp();
        String end = end(row.destName(), ip);
        return row.destPort() == null ? end : end + ":" + row.destPort();
    }

    private static String end(String name, String address) {
        return Printable.of(name == null ? address : "%s (%s)".formatted(name, address));
    }

    /** Which rule it is; of what is audited, the rule that would deny. */
    static String decider(Decision decision) {
        if (decision.audit() != null) {
            Decision.Audit audit = decision.audit();
            return Printable.of("%s@v%d/%s".formatted(audit.policyId(), audit.policyVersion(), audit.ruleId()));
        }
        return decision.policyId() == null
                ? "no policy"
                : Printable.of("%s@v%d/%s".formatted(decision.policyId(), decision.policyVersion(), decision.ruleId()));
    }

    /** What to know before what rests on the evidence is believed; empty when nothing stands against it. */
    static List<String> doubts(Evidence evidence, Instant now) {
        List<String> doubts = new ArrayList<>();
        for (Unjudged unjudged : evidence.unjudged()) {
            doubts.add("%s could not be judged: %s".formatted(total(unjudged.total()), reason(unjudged)));
        }
        int silent = evidence.hostsKnown() - evidence.hostsHeard();
        if (silent > 0) {
            doubts.add("%s recorded nothing in the window: %s%s"
                    .formatted(
                            count(silent, "host"),
                            evidence.silentHosts().stream()
                                    .limit(SILENT_NAMED)
                                    .map(HostId::value)
                                    .collect(Collectors.joining(", ")),
                            silent > SILENT_NAMED ? ", …" : ""));
        }
        if (evidence.recordedFrom() != null
                && evidence.recordedFrom().isAfter(evidence.from().plus(LATE))) {
            doubts.add("the oldest record is from %s, the window begins %s: what runs more seldom was not seen"
                    .formatted(Ages.ago(evidence.recordedFrom(), now), Ages.ago(evidence.from(), now)));
        }
        if (evidence.unrecorded() > 0) {
            doubts.add(count(evidence.unrecorded(), "connection")
                    + " or refused packets were not recorded, for there were" + " too many");
        }
        if (evidence.incomplete() > 0) {
            doubts.add("hosts' tables of connections were nearly full in %s: short connections may be missing"
                    .formatted(count(evidence.incomplete(), "record")));
        }
        if (evidence.unreadable() > 0) {
            doubts.add(count(evidence.unreadable(), "message") + " on segmentation.flows.* could not be read");
        }
        return doubts;
    }

    private static String reason(Unjudged unjudged) {
        return switch (unjudged.reason()) {
            case SOURCE_UNKNOWN ->
                "the hook that refused them does not see the source, and rules tell the host's addresses apart";
            case SOURCE_PORT_UNKNOWN -> "rules tell source ports from 1024 on apart, which are not recorded";
            case NOT_A_CONNECTION -> "the packets could not be parsed so far";
            case HOST_UNKNOWN -> "the host is not known any more";
            case TOO_MANY -> "there are too many for one plan; take a shorter window";
        };
    }

    /** {@code 1 flow}, {@code 2 flows}. */
    static String count(long number, String what) {
        return "%d %s%s".formatted(number, what, number == 1 ? "" : "s");
    }
}
