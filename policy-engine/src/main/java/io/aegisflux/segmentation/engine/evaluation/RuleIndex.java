package io.aegisflux.segmentation.engine.evaluation;

import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.classifier.Box;
import io.aegisflux.segmentation.engine.classifier.Candidates;
import io.aegisflux.segmentation.engine.classifier.Classifier;
import java.util.List;
import java.util.stream.IntStream;

/** Which rules of a table may match a packet: a classifier for each IP version. */
final class RuleIndex {
    private static final RuleBoxes BOXES4 = new RuleBoxes(4);
    private static final RuleBoxes BOXES6 = new RuleBoxes(6);

    private final Classifier rules4;
    private final Classifier rules6;

    RuleIndex(List<TableRule> rules) {
        rules4 = classifier(rules, BOXES4);
        rules6 = classifier(rules, BOXES6);
    }

    Candidates candidates(Packet packet) {
        return packet.ipVersion() == 4 ? rules4.at(BOXES4.point(packet)) : rules6.at(BOXES6.point(packet));
    }

    private static Classifier classifier(List<TableRule> rules, RuleBoxes boxes) {
        List<Box> all = IntStream.range(0, rules.size())
                .boxed()
                .flatMap(i -> boxes.of(i, rules.get(i)).stream())
                .toList();
        return Classifier.of(boxes.dimensions(), boxes.sides(), all);
    }
}
