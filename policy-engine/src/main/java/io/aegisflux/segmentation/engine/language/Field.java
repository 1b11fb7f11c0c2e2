package io.aegisflux.segmentation.engine.language;

import static io.aegisflux.segmentation.engine.language.Operator.CONTAINS;
import static io.aegisflux.segmentation.engine.language.Operator.EQ;
import static io.aegisflux.segmentation.engine.language.Operator.GT;
import static io.aegisflux.segmentation.engine.language.Operator.GTE;
import static io.aegisflux.segmentation.engine.language.Operator.IN;
import static io.aegisflux.segmentation.engine.language.Operator.LT;
import static io.aegisflux.segmentation.engine.language.Operator.LTE;
import static io.aegisflux.segmentation.engine.language.Operator.NE;
import static io.aegisflux.segmentation.engine.language.Operator.NOT_IN;
import static io.aegisflux.segmentation.engine.language.Operator.REGEX;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a condition looks at, and the operators that go with it: the table of the policy language. */
public enum Field {
    PROTOCOL("protocol", "`tcp`, `udp`, `icmp`, `icmpv6`, `sctp`, or a number from 0 to 255", EQ, NE, IN, NOT_IN),
    IP_VERSION("ip_version", "`4` or `6`", EQ, NE, IN, NOT_IN),
    SOURCE_IP("source_ip", "address, CIDR, or range `low-high`", EQ, NE, IN, NOT_IN),
    DEST_IP("dest_ip", "address, CIDR, or range `low-high`", EQ, NE, IN, NOT_IN),
    SOURCE_PORT("source_port", "number from 0 to 65535, or range `\"low-high\"`", EQ, NE, GT, LT, GTE, LTE, IN, NOT_IN),
    DEST_PORT("dest_port", "number from 0 to 65535, or range `\"low-high\"`", EQ, NE, GT, LT, GTE, LTE, IN, NOT_IN),
    ICMP_TYPE("icmp_type", "number from 0 to 255, or range `\"low-high\"`", EQ, NE, GT, LT, GTE, LTE, IN, NOT_IN),
    ICMP_CODE("icmp_code", "number from 0 to 255, or range `\"low-high\"`", EQ, NE, GT, LT, GTE, LTE, IN, NOT_IN),
    DIRECTION("direction", "`ingress` or `egress`", EQ, NE, IN, NOT_IN),
    INTERFACE("interface", "name of a network interface", EQ, NE, IN, NOT_IN, CONTAINS, REGEX),
    SOURCE_LABEL("source.label.*", "value of the label", EQ, NE, IN, NOT_IN, CONTAINS, REGEX),
    DEST_LABEL("dest.label.*", "value of the label", EQ, NE, IN, NOT_IN, CONTAINS, REGEX);

    /** Names that are reserved for what no host can enforce yet. */
    public static final List<String> RESERVED =
            List.of("process.uid", "process.gid", "process.exe", "process.comm", "process.cgroup");

    private final String word;
    private final String valueForm;
    private final Set<Operator> operators;

    Field(String word, String valueForm, Operator... operators) {
        this.word = word;
        this.valueForm = valueForm;
        this.operators = Collections.unmodifiableSet(EnumSet.copyOf(Arrays.asList(operators)));
    }

    /** As written in a document; a label field ends in {@code .*}, which stands for the label's key. */
    public String word() {
        return word;
    }

    /** What may stand as value, for hints and documentation. */
    public String valueForm() {
        return valueForm;
    }

    /** The operators that go with this field, in the order of their declaration. */
    public Set<Operator> operators() {
        return operators;
    }

    /** The text before a label's key in a document; empty for a field that is no label. */
    public String labelPrefix() {
        return word.endsWith(".*") ? word.substring(0, word.length() - 1) : "";
    }

    /** The largest number of a field of numbers: 65535 for ports, otherwise 255. */
    public int highest() {
        return this == SOURCE_PORT || this == DEST_PORT ? 0xFFFF : 0xFF;
    }

    /** The field that is written so, labels with their key. */
    public static Optional<Field> of(String written) {
        for (Field field : values()) {
            String prefix = field.labelPrefix();
            if (prefix.isEmpty() ? field.word.equals(written) : written.startsWith(prefix)) {
                return Optional.of(field);
            }
        }
        return Optional.empty();
    }
}
