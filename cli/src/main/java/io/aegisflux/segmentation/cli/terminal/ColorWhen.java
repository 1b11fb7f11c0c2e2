package io.aegisflux.segmentation.cli.terminal;

import java.util.Map;

/** The values of {@code --color}. */
public enum ColorWhen {
    AUTO,
    ALWAYS,
    NEVER;

    /** AUTO: for a terminal, unless NO_COLOR (no-color.org) is set or TERM is dumb. */
    public boolean holds(boolean terminal, Map<String, String> environment) {
        return switch (this) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO ->
                terminal
                        && environment.getOrDefault("NO_COLOR", "").isEmpty()
                        && !"dumb".equals(environment.get("TERM"));
        };
    }
}
