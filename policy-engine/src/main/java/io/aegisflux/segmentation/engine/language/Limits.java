package io.aegisflux.segmentation.engine.language;

import io.aegisflux.segmentation.contracts.Wire;

/** How large a document and its parts may be. */
public final class Limits {
    /** Bytes of a document. */
    public static final int DOCUMENT_BYTES = Wire.MAX_POLICY_BYTES;
    /** Objects and lists within each other. */
    public static final int NESTING = 32;
    /** Characters of any text. */
    public static final int TEXT = 8 * 1024;
    /** Characters of any member's name. */
    public static final int MEMBER_NAME = 256;
    /** Characters of any number. */
    public static final int NUMBER = 32;
    /** Rules of a policy. */
    public static final int RULES = 10_000;
    /** Conditions of a rule. */
    public static final int CONDITIONS = 64;
    /** Values of the list of one condition. */
    public static final int VALUES = 4_096;
    /** Characters of a regular expression. */
    public static final int REGEX = 256;
    /** Characters of the name of a policy or test. */
    public static final int NAME = 256;
    /** Characters of the value of a label. */
    public static final int LABEL_VALUE = 256;
    /** Characters of the name of an interface: the kernel's IFNAMSIZ less the final zero. */
    public static final int INTERFACE_NAME = 15;
    /** Entries of each list and map of {@code applies_to}. */
    public static final int APPLIES_TO = 256;
    /** Tests of a policy. */
    public static final int TESTS = 1_000;
    /** Largest priority of a policy or rule. */
    public static final int PRIORITY = 1_000_000;
    /** Prefixes that the address conditions of one policy may come to, negations written out. */
    public static final int PREFIXES = 262_144;
    /** Labels of a workload of the registry. */
    public static final int WORKLOAD_LABELS = 64;
    /** Addresses of a workload of the registry. */
    public static final int WORKLOAD_ADDRESSES = 4_096;
    /** Violations that are listed; further ones wait for the next try. */
    public static final int VIOLATIONS = 50;

    private Limits() {}
}
