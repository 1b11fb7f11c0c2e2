package io.aegisflux.segmentation.cli.outcome;

/** What segctl ends with; scripts depend on these figures. */
public final class ExitCode {
    public static final int OK = 0;
    /** A defect of segctl or of a service. */
    public static final int INTERNAL = 1;
    /** The command line is wrong. */
    public static final int USAGE = 2;
    /** A check found something, or a rollout was aborted. */
    public static final int FINDINGS = 3;
    /** No NATS, nobody who answers, or not in time. */
    public static final int NO_ANSWER = 4;
    /** Validation, version conflict, permission, or nothing of that name. */
    public static final int REFUSED = 5;
    /** Hosts have not applied what is desired, or a rollout is not decided. */
    public static final int INCOMPLETE = 6;
    /** Ctrl-C; the JVM's own answer to SIGINT. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
