package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.RolloutStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Looks at a rollout until it is decided: a table that is drawn again on a terminal, else a line, or with JSON an object, at
 * each change. A broker or service that is away for a while is waited for.
 */
final class RolloutFollower {
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final int MOST_ROWS = 20;

    /** The instance that answers may not know a version yet that another one has just accepted. */
    private static final int ANSWERS_OF_LAG = 2;

    private final PolicyBus policies;
    private final Output output;
    private final long deadline;
    private String shown = "";
    private int drawn;

    /** @param patience null for as long as it takes */
    RolloutFollower(PolicyBus policies, Output output, Duration patience) {
        this.policies = policies;
        this.output = output;
        this.deadline = patience == null ? Long.MAX_VALUE : System.nanoTime() + patience.toNanos();
    }

    /**
     * Waits without a word but for the end of it.
     *
     * @param accepted what was published; where that changed nothing there may be no rollout
     * @return 0 when promoted, 3 when aborted or superseded, 6 when it is not decided in time
     */
    int await(PolicyAccepted accepted) throws InterruptedException {
        int notFound = 0;
        while (true) {
            Optional<RolloutStatus> status;
            try {
                status = ask(accepted.policyId()).filter(it -> it.version() >= accepted.version());
            } catch (Failure failure) {
                if (!isNoRollout(failure)) {
                    throw failure;
                }
                if (++notFound > ANSWERS_OF_LAG) {
                    return ExitCode.OK;
                }
                status = Optional.empty();
            }
            if (status.filter(it -> it.version() > accepted.version()).isPresent()) {
                output.complaint("%s v%d was superseded".formatted(accepted.policyId(), accepted.version()));
                return ExitCode.FINDINGS;
            }
            if (status.filter(it -> !it.state().isOpen()).isPresent()) {
                say(status.get());
                return exit(status.get().state());
            }
            if (System.nanoTime() > deadline) {
                output.complaint("%s v%d is not decided yet: segctl rollout status %s -f"
                        .formatted(accepted.policyId(), accepted.version(), accepted.policyId()));
                return ExitCode.INCOMPLETE;
            }
            Thread.sleep(PAUSE);
        }
    }

    /** Shows it until it is decided; returns as {@link #await}. */
    int follow(PolicyId policy, boolean onTerminal) throws InterruptedException {
        while (true) {
            Optional<RolloutStatus> status = ask(policy);
            status.ifPresent(it -> show(it, onTerminal));
            if (status.filter(it -> !it.state().isOpen()).isPresent()) {
                return exit(status.get().state());
            }
            if (System.nanoTime() > deadline) {
                return ExitCode.INCOMPLETE;
            }
            if (output.isGone()) {
                return ExitCode.OK;
            }
            Thread.sleep(PAUSE);
        }
    }

    /** Empty while nobody answers. */
    private Optional<RolloutStatus> ask(PolicyId policy) {
        try {
            return Optional.of(policies.rollout(policy));
        } catch (Failure failure) {
            if (failure.exitCode() != ExitCode.NO_ANSWER || System.nanoTime() > deadline) {
                throw failure;
            }
            output.detail("asks again: " + failure.getMessage());
            return Optional.empty();
        }
    }

    private void show(RolloutStatus status, boolean onTerminal) {
        RolloutScreen screen = new RolloutScreen(output);
        if (onTerminal && !output.isJson()) {
            List<String> lines = screen.lines(status, MOST_ROWS);
            if (drawn > 0) {
                output.eraseLines(drawn);
            }
            lines.forEach(output::line);
            drawn = lines.size();
            return;
        }
        String line = screen.line(status);
        if (!line.equals(shown)) {
            shown = line;
            if (output.isJson()) {
                output.jsonLine(status);
            } else {
                output.line(line);
            }
        }
    }

    private void say(RolloutStatus status) {
        String line = new RolloutScreen(output).line(status);
        if (output.isJson() || status.state() != RolloutState.PROMOTED) {
            output.complaint(line);
        } else {
            output.line(line);
        }
    }

    private static int exit(RolloutState state) {
        return state == RolloutState.PROMOTED ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private static boolean isNoRollout(Failure failure) {
        return failure.error()
                .filter(error -> ApiError.NOT_FOUND.equals(error.code()))
                .isPresent();
    }
}
