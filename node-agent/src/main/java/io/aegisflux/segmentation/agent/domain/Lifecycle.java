package io.aegisflux.segmentation.agent.domain;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/** Where the agent stands between its host and its policy. Each event gives the next state. */
public sealed interface Lifecycle {
    /** What the kernel runs, as far as it is known. */
    Optional<Running> running();

    /** Why this host does not enforce what was last accepted; empty when it does. */
    Optional<String> complaint();

    /** One word for status pages. */
    String name();

    /** A table came into force, or was found in force. */
    default Lifecycle enforcing(Running running) {
        return new Enforcing(running, Optional.empty());
    }

    /** A desired state was accepted that could not be applied; what ran before still runs. */
    default Lifecycle behind(String reason) {
        return new Behind(running(), reason);
    }

    /** Nothing was accepted yet, for this reason. */
    default Lifecycle waiting(String reason) {
        return new Waiting(running(), reason);
    }

    /** What was accepted is in force, but not everything is as wished. */
    default Lifecycle concerned(String concern) {
        return this;
    }

    /** The programs were replaced under the table in force. */
    Lifecycle reloaded(Running running);

    /** Nothing is known yet. */
    record Starting() implements Lifecycle {
        @Override
        public Optional<Running> running() {
            return Optional.empty();
        }

        @Override
        public Optional<String> complaint() {
            return Optional.of("the agent is starting");
        }

        @Override
        public String name() {
            return "starting";
        }

        @Override
        public Lifecycle reloaded(Running running) {
            return new Waiting(Optional.of(running), "no desired state was accepted yet");
        }
    }

    /** A first boot: nothing was ever accepted, so the host only observes. */
    record Waiting(Optional<Running> running, String reason) implements Lifecycle {
        public Waiting {
            requireNonNull(running, "running is null");
            requireNonNull(reason, "reason is null");
        }

        @Override
        public Optional<String> complaint() {
            return Optional.of(reason);
        }

        @Override
        public String name() {
            return "waiting";
        }

        @Override
        public Lifecycle reloaded(Running running) {
            return new Waiting(Optional.of(running), reason);
        }
    }

    /**
     * What was last accepted is in force.
     *
     * @param concern what is not as wished all the same, e.g. an artifact that was refused
     */
    record Enforcing(Running inForce, Optional<String> concern) implements Lifecycle {
        public Enforcing {
            requireNonNull(inForce, "inForce is null");
            requireNonNull(concern, "concern is null");
        }

        @Override
        public Optional<Running> running() {
            return Optional.of(inForce);
        }

        @Override
        public Optional<String> complaint() {
            return Optional.empty();
        }

        @Override
        public String name() {
            return "enforcing";
        }

        @Override
        public Lifecycle concerned(String what) {
            return new Enforcing(inForce, Optional.of(what));
        }

        @Override
        public Lifecycle reloaded(Running running) {
            return new Enforcing(running, concern);
        }
    }

    /** Something newer was accepted than what is in force. */
    record Behind(Optional<Running> running, String reason) implements Lifecycle {
        public Behind {
            requireNonNull(running, "running is null");
            requireNonNull(reason, "reason is null");
        }

        @Override
        public Optional<String> complaint() {
            return Optional.of(reason);
        }

        @Override
        public String name() {
            return "behind";
        }

        @Override
        public Lifecycle reloaded(Running running) {
            return new Behind(Optional.of(running), reason);
        }
    }
}
