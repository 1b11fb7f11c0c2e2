package io.aegisflux.segmentation.cli.command;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.cli.terminal.Ages;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.cli.terminal.Table;
import io.aegisflux.segmentation.cli.terminal.Tone;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyExplanation;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Considered;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Effect;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Loaded;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Nearest;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Recorded;
import io.aegisflux.segmentation.contracts.PolicyExplanation.RuleEffect;
import io.aegisflux.segmentation.contracts.Protocols;
import java.util.Locale;
import java.util.Optional;

/** An explanation on the screen. */
final class ExplanationScreen {
    private final HostId host;
    private final Optional<PacketTuple> packet;
    private final PolicyExplanation explanation;
    private final Output output;

    /**
     * @param packet that is explained; empty where an event does not tell it
     */
    ExplanationScreen(HostId host, Optional<PacketTuple> packet, PolicyExplanation explanation, Output output) {
        this.host = requireNonNull(host, "host is null");
        this.packet = requireNonNull(packet, "packet is null");
        this.explanation = requireNonNull(explanation, "explanation is null");
        this.output = requireNonNull(output, "output is null");
    }

    void print() {
        if (explanation.recorded() != null) {
            output.line("then  " + EventLine.of(explanation.recorded().event(), output));
            output.line("now");
        }
        decision();
        if (explanation.recorded() != null) {
            compared(explanation.recorded());
        }
        if (!explanation.policies().isEmpty()) {
            output.line("");
            considered();
        }
        output.line("");
        loaded();
        if (explanation.hits() != null) {
            PolicyExplanation.Hits hits = explanation.hits();
            output.line("hits    %d packets, %s"
                    .formatted(
                            hits.packets(),
                            hits.last() == null ? "never" : "last " + Ages.ago(hits.last(), output.now())));
        }
    }

    private void decision() {
        Decision decision = explanation.decision();
        Cell verdict = decision.action() == Action.DENY
                ? Glyph.NO.with("DENIED")
                : decision.audit() == null ? Glyph.YES.with("ALLOWED") : Glyph.HALF.with("AUDITED");
        output.line("%s  %s on %s"
                .formatted(
                        verdict.tone().paint(verdict.text(), output.outColors()),
                        packet.map(ExplanationScreen::text).orElse("a frame"),
                        host));
        output.line("  %s  %s"
                .formatted(
                        decision.reason().wireName(),
                        decision.policyId() == null
                                ? packet.isPresent()
                                        ? "no policy decides: the host's posture does"
                                        : "no policy is asked"
                                : Printable.of("%s@v%d/%s"
                                        .formatted(decision.policyId(), decision.policyVersion(), decision.ruleId()))));
    }

    private static String text(PacketTuple packet) {
        return "%s %s → %s%s  %s"
                .formatted(
                        Protocols.name(packet.protocol()),
                        packet.sourceIp(),
                        packet.destIp(),
                        packet.destPort() == null ? "" : " port " + packet.destPort(),
                        packet.direction().wireName());
    }

    private void compared(Recorded recorded) {
        if (recorded.difference() == null) {
            output.line("  as then");
        } else {
            Cell differs = Glyph.HALF.with(recorded.difference());
            output.line("  " + differs.tone().paint(differs.text(), output.outColors()));
        }
        recorded.gaps().forEach(gap -> output.line("  " + Printable.of(gap)));
    }

    private void considered() {
        Table table = new Table("POLICY", "RULE", "ACTION", "EFFECT", "WHY");
        for (Considered policy : explanation.policies()) {
            String name = "%s@v%d".formatted(policy.policyId(), policy.version());
            if (policy.rules().isEmpty()) {
                table.row(
                        Cell.of(name),
                        Cell.of(""),
                        Cell.of(""),
                        new Cell(policy.why() == null ? "no rules" : "not considered", Tone.FAINT),
                        Cell.of(Printable.of(policy.why() == null ? "" : policy.why())));
            }
            for (RuleEffect rule : policy.rules()) {
                table.row(
                        Cell.of(name),
                        Cell.of(Printable.of(rule.ruleId())),
                        Cell.of(rule.action().wireName()),
                        effect(rule),
                        Cell.of(Printable.of(String.join("; ", rule.misses()) + near(policy, rule))));
                name = "";
            }
        }
        output.table(table);
    }

    private static Cell effect(RuleEffect rule) {
        String word = rule.effect().wireName().toLowerCase(Locale.ROOT);
        if (rule.effect() == Effect.DECIDES) {
            return (rule.action() == Action.DENY ? Glyph.NO : Glyph.YES).with(word);
        }
        return rule.effect() == Effect.AUDITS ? Glyph.HALF.with(word) : new Cell(word, Tone.FAINT);
    }

    private String near(Considered policy, RuleEffect rule) {
        Nearest nearest = explanation.nearest();
        boolean isNearest = nearest != null
                && nearest.policyId().equals(policy.policyId())
                && nearest.ruleId().equals(rule.ruleId());
        return isNearest ? "   ← nearest allow" : "";
    }

    private void loaded() {
        Loaded loaded = explanation.loaded();
        if (loaded.loadedRevision() == null) {
            output.line("loaded  not known: the host has sent no counters; desired is revision %d"
                    .formatted(loaded.desiredRevision()));
        } else if (loaded.loadedRevision() == loaded.desiredRevision()) {
            output.line("loaded  revision %d, as desired, %s"
                    .formatted(loaded.desiredRevision(), Ages.ago(loaded.reportedAt(), output.now())));
        } else {
            output.line("loaded  revision %d, desired is %d: the host decides by other rules (%s)"
                    .formatted(
                            loaded.loadedRevision(),
                            loaded.desiredRevision(),
                            Ages.ago(loaded.reportedAt(), output.now())));
        }
    }
}
