package io.aegisflux.segmentation.engine.evaluation;

import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.classifier.Boxes;
import io.aegisflux.segmentation.engine.classifier.Candidates;
import io.aegisflux.segmentation.engine.classifier.Classifier;
import io.aegisflux.segmentation.engine.space.AddressSets;
import io.aegisflux.segmentation.engine.space.PacketSpace;
import io.aegisflux.segmentation.engine.space.RuleBox;
import java.util.List;

/** Which rules of a table may match a packet: a classifier for each IP version. */
final class RuleIndex {
    /** A rule of more boxes has one around them: whether it matches is for the rule to say. */
    private static final int BOXES_OF_A_RULE = 256;

    private final Classifier rules4;
    private final Classifier rules6;

    RuleIndex(List<TableRule> rules) {
        rules4 = classifier(rules, PacketSpace.V4);
        rules6 = classifier(rules, PacketSpace.V6);
    }

    Candidates candidates(Packet packet) {
        int[] point = PacketSpace.of(packet.ipVersion())
                .point(
                        packet.source(),
                        packet.dest(),
                        packet.sourcePort(),
                        packet.destPort(),
                        packet.icmpType(),
                        packet.icmpCode(),
                        packet.protocol(),
                        packet.ingress());
        return (packet.ipVersion() == 4 ? rules4 : rules6).at(point);
    }

    private static Classifier classifier(List<TableRule> rules, PacketSpace space) {
        Boxes boxes = space.boxes(rules.size(), AddressSets.NONE);
        for (int i = 0; i < rules.size(); i++) {
            TableRule rule = rules.get(i);
            if (RuleBox.count(rule, space.ipVersion()) > BOXES_OF_A_RULE) {
                space.add(boxes, i, rule, RuleBox.around(rule, space.ipVersion()), false);
                continue;
            }
            boolean exact = rule.interfaces() == null && rule.expiresAt() == null;
            for (RuleBox box : RuleBox.of(rule, space.ipVersion())) {
                space.add(boxes, i, rule, box, exact);
            }
        }
        return space.classifier(boxes);
    }
}
