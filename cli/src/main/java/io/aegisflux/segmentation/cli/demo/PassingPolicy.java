package io.aegisflux.segmentation.cli.demo;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.Author;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The demo's policy, for no longer than the demo: deleted on {@link #close()}, and when the process is told to end. Every
 * change names the version that it follows, so that nothing of somebody else is overwritten or deleted.
 */
final class PassingPolicy implements AutoCloseable {
    private final PolicyBus bus;
    private final Author author;
    private final Consumer<String> complaints;
    private final Thread interruption = new Thread(this::interrupted, "demo-interrupted");

    /** The latest version, whoever made it. */
    private long latest;

    /** Whether the version after {@link #latest} may be ours; from just before it is sent. */
    private boolean isThere;

    private boolean isInterrupted;

    /** @param author who publishes; null to leave it unsaid */
    PassingPolicy(PolicyBus bus, Author author, Consumer<String> complaints) {
        this.bus = requireNonNull(bus, "bus is null");
        this.author = author;
        this.complaints = requireNonNull(complaints, "complaints is null");
        Runtime.getRuntime().addShutdownHook(interruption);
    }

    /**
     * Finds out what holds, and removes what a demo that was killed has left.
     *
     * @return the version that was removed
     * @throws Failure when there is a policy of this name that no demo made; it is not touched
     */
    synchronized Optional<StoredPolicy> removeLeftover() {
        stopIfInterrupted();
        Optional<PolicyApi.VersionSummary> last = lastVersion();
        latest = last.map(PolicyApi.VersionSummary::version).orElse(0L);
        Optional<StoredPolicy> left = last.filter(version -> !StoredPolicy.DELETED.equals(version.action()))
                .map(version -> bus.get(DemoPolicy.ID, version.version()));
        left.ifPresent(policy -> {
            if (!DemoPolicy.isOurs(policy)) {
                throw Failure.refused(
                        "there is a policy %s that no demo has made (version %d); it is left as it is"
                                .formatted(DemoPolicy.ID, policy.version()),
                        "the demo needs this name for itself: publish that policy under another one, then"
                                + " 'segctl policy delete %s'".formatted(DemoPolicy.ID));
            }
            latest = bus.delete(DemoPolicy.ID, latest, author).version();
        });
        return left;
    }

    /** Publishes it. */
    synchronized PolicyAccepted publish(byte[] document) {
        stopIfInterrupted();
        isThere = true;
        try {
            return bus.publish(DemoPolicy.ID, document, latest, author);
        } catch (Failure failure) {
            isThere = failure.error().isEmpty();
            throw failure;
        }
    }

    /** Deletes it. */
    synchronized void delete() {
        stopIfInterrupted();
        bus.delete(DemoPolicy.ID, latest + 1, author);
        isThere = false;
    }

    /** Leaves it. */
    synchronized void keep() {
        stopIfInterrupted();
        isThere = false;
    }

    @Override
    public synchronized void close() {
        stopIfInterrupted();
        deleteIfThere();
        Runtime.getRuntime().removeShutdownHook(interruption);
    }

    private synchronized void interrupted() {
        isInterrupted = true;
        deleteIfThere();
    }

    private void deleteIfThere() {
        if (!isThere) {
            return;
        }
        try {
            bus.delete(DemoPolicy.ID, latest + 1, author);
        } catch (Failure failure) {
            complaints.accept(
                    isFor(ApiError.VERSION_CONFLICT, failure)
                            ? "%s was changed by somebody else meanwhile and is left as it is".formatted(DemoPolicy.ID)
                            : "%s may still be there: %s%n  → segctl policy delete %s; hosts end it by themselves within the hour"
                                    .formatted(DemoPolicy.ID, failure.getMessage(), DemoPolicy.ID));
        }
        isThere = false;
    }

    /** The signal decides how the process ends: the thread that is interrupted does nothing more, and ends with it. */
    private void stopIfInterrupted() {
        while (isInterrupted) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    private Optional<PolicyApi.VersionSummary> lastVersion() {
        try {
            return Optional.of(bus.latest(DemoPolicy.ID));
        } catch (Failure failure) {
            if (isFor(ApiError.NOT_FOUND, failure)) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private static boolean isFor(String code, Failure failure) {
        return failure.error().filter(error -> code.equals(error.code())).isPresent();
    }
}
