package io.aegisflux.segmentation.agent.domain;

/** The kernel or the datapath refused; what was enforced before still is. */
public final class DatapathException extends Exception {
    private final String detail;

    /**
     * @param message what was refused and why, with the errno by name and figures
     * @param detail the verifier's log or the tool's own words, empty when there are none
     */
    public DatapathException(String message, String detail, Throwable cause) {
        super(message, cause);
        this.detail = detail;
    }

    public String detail() {
        return detail;
    }
}
