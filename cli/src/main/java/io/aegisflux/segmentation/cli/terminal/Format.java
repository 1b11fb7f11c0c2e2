package io.aegisflux.segmentation.cli.terminal;

/** The values of {@code -o}. */
public enum Format {
    /** For people. */
    TABLE,
    JSON,
    /** The same values as JSON. */
    YAML
}
