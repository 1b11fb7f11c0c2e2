package io.aegisflux.segmentation.engine.language;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.InterfaceMatch;
import io.aegisflux.segmentation.engine.interval.AddressSet;
import io.aegisflux.segmentation.engine.interval.NumberSet;
import java.util.Set;

/**
 * One condition of a rule, with its operator already applied: what is kept is the set of values that it admits. Only
 * labels stay open until the workloads are known.
 */
public sealed interface Condition {
    /** The field it looks at. */
    Field field();

    /** The field as the document has it, e.g. {@code dest_port} or {@code source.label.app}. */
    default String name() {
        return this instanceof Label label ? field().labelPrefix() + label.key() : field().word();
    }

    /** IP protocol, port, ICMP type or ICMP code is one of the admitted; a packet without the field never matches. */
    record Numbers(Field field, NumberSet admitted) implements Condition {
        public Numbers {
            requireNonNull(field, "field is null");
            requireNonNull(admitted, "admitted is null");
        }
    }

    /** The IP version is one of the admitted: 4, 6. */
    record IpVersions(Set<Integer> admitted) implements Condition {
        public IpVersions {
            admitted = Set.copyOf(admitted);
        }

        @Override
        public Field field() {
            return Field.IP_VERSION;
        }
    }

    /** The address of one end is admitted. */
    record Addresses(Side side, AddressSet admitted) implements Condition {
        public Addresses {
            requireNonNull(side, "side is null");
            requireNonNull(admitted, "admitted is null");
        }

        @Override
        public Field field() {
            return side == Side.SOURCE ? Field.SOURCE_IP : Field.DEST_IP;
        }
    }

    /** The packet goes in one of the admitted directions: INGRESS, EGRESS. */
    record Directions(Set<Direction> admitted) implements Condition {
        public Directions {
            admitted = Set.copyOf(admitted);
        }

        @Override
        public Field field() {
            return Field.DIRECTION;
        }
    }

    /** The name of the interface matches; a packet without a known interface never does. */
    record Interface(InterfaceMatch match) implements Condition {
        public Interface {
            requireNonNull(match, "match is null");
        }

        @Override
        public Field field() {
            return Field.INTERFACE;
        }
    }

    /** The address of one end belongs to a workload that has the label, and its value fits. */
    record Label(Side side, String key, LabelMatch match) implements Condition {
        public Label {
            requireNonNull(side, "side is null");
            requireNonNull(key, "key is null");
            requireNonNull(match, "match is null");
        }

        @Override
        public Field field() {
            return side == Side.SOURCE ? Field.SOURCE_LABEL : Field.DEST_LABEL;
        }
    }
}
