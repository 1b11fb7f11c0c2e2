package io.aegisflux.segmentation.agent.domain;

import java.util.Locale;

/** How XDP is attached, as AGENT_XDP says. */
public enum XdpMode {
    /** Native where the driver takes it, else off. */
    AUTO,
    /** In the driver, or an error. */
    NATIVE,
    /** In the generic path, on any interface. */
    GENERIC,
    OFF;

    /** As written in configuration: the name in lower case. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @throws IllegalArgumentException when no constant is written so
     */
    public static XdpMode of(String wireName) {
        for (XdpMode value : values()) {
            if (value.wireName().equals(wireName)) {
                return value;
            }
        }
        throw new IllegalArgumentException("no XDP mode is called \"" + wireName + '"');
    }
}
