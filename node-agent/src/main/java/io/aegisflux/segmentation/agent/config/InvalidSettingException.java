package io.aegisflux.segmentation.agent.config;

/** An environment variable has a value that the agent cannot start with. The message is one line for the operator. */
public final class InvalidSettingException extends RuntimeException {
    private static final int SHOWN = 120;

    /**
     * @param value as given; null when the variable is not set
     * @param remedy what to write instead
     */
    public InvalidSettingException(String variable, String value, String remedy) {
        super("%s %s: %s".formatted(variable, value == null ? "is not set" : "is " + quoted(value), remedy));
    }

    private static String quoted(String value) {
        String head = value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value;
        return '"' + head.replaceAll("\\p{Cntrl}", "?") + '"';
    }
}
