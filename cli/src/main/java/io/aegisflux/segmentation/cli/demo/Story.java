package io.aegisflux.segmentation.cli.demo;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.cli.bus.HostWatch;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.demo.Scene.Client;
import io.aegisflux.segmentation.cli.demo.Scene.Sight;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.Author;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Subjects;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** Five steps, each of which must hold. */
public final class Story {
    /** How long a host may take to acknowledge; a busy machine needs some. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Scene scene;
    private final PolicyBus bus;
    private final Author author;
    private final HostWatch watch;
    private final Output output;
    private final Runnable pause;

    /**
     * @param author who publishes; null to leave it unsaid
     * @param watch of the scene's host
     * @param pause called between the steps
     */
    public Story(Scene scene, PolicyBus bus, Author author, HostWatch watch, Output output, Runnable pause) {
        this.scene = requireNonNull(scene, "scene is null");
        this.bus = requireNonNull(bus, "bus is null");
        this.author = author;
        this.watch = requireNonNull(watch, "watch is null");
        this.output = requireNonNull(output, "output is null");
        this.pause = requireNonNull(pause, "pause is null");
    }

    /**
     * Tells it. However it ends, the policy is gone, unless it is to be kept and every step held.
     *
     * @param keep leaves the policy
     * @throws Failure when a step did not hold, somebody does not answer or refuses
     */
    public void tell(boolean keep) {
        try (PassingPolicy policy = new PassingPolicy(bus, author, output::complaint)) {
            policy.removeLeftover().ifPresent(this::awaitItsEnd);
            scene.about().forEach(output::line);

            output.line("1  No policy yet");
            look(Client.WEB, true);
            look(Client.API, true);
            pause.run();

            output.line("2  Publish %s to %s".formatted(DemoPolicy.ID, Subjects.policy(DemoPolicy.ID)));
            long begin = System.nanoTime();
            PolicyAccepted accepted = policy.publish(
                    DemoPolicy.document(scene.terms(), output.now().plus(DemoPolicy.LIFE)));
            acknowledged(update -> Long.valueOf(accepted.version()).equals(update.version()))
                    .orElseThrow(() -> silence("enforces"));
            output.line("   its tests hold, it is version %d; %s has it in its kernel %s after the publish"
                    .formatted(accepted.version(), scene.host(), millisSince(begin)));
            pause.run();

            output.line("3  The same connections again");
            look(Client.WEB, false);
            look(Client.API, true);
            pause.run();

            Scene.Why why = scene.why(accepted.version(), watch);
            output.line("4  Why? " + why.where());
            why.lines().forEach(line -> output.line("   " + line));
            pause.run();

            if (keep) {
                policy.keep();
                output.line("5  Kept, as --keep says; it ends by itself within the hour");
                output.line("   segctl policy delete %s".formatted(DemoPolicy.ID));
            } else {
                output.line("5  Delete the policy: an empty publish on the same subject");
                begin = System.nanoTime();
                policy.delete();
                acknowledged(Story::isDeletion).orElseThrow(() -> silence("let go of"));
                output.line("   %s let go of it %s after the publish".formatted(scene.host(), millisSince(begin)));
                look(Client.WEB, true);
            }
            output.line("");
            scene.notShown().forEach(output::line);
            output.line(keep ? "Every step held." : "Every step held, and nothing of it stays.");
        }
    }

    private void look(Client client, boolean isWanted) {
        Sight sight = scene.look(client, isWanted);
        output.line("   %s  %s"
                .formatted(
                        sight.connection(),
                        sight.outcome().tone().paint(sight.outcome().text(), output.outColors())));
        if (sight.isThrough() != isWanted) {
            throw Failure.findings(
                    "this did not hold: %s %s"
                            .formatted(sight.connection(), isWanted ? "is let through" : "is not let through"),
                    "another policy may decide it: 'segctl policy ls', 'segctl explain', 'segctl doctor'");
        }
    }

    /** Else the host may still enforce what was left when the story begins. One that is no longer there says nothing. */
    private void awaitItsEnd(StoredPolicy left) {
        output.notice(
                "an earlier demo had left %s version %d; it is deleted".formatted(left.policyId(), left.version()));
        String host = left.document().path("applies_to").path("hosts").path(0).asText();
        if (host.equals(scene.host().value())) {
            acknowledged(Story::isDeletion);
        }
    }

    private static boolean isDeletion(PolicyUpdate update) {
        return StoredPolicy.DELETED.equals(update.action());
    }

    private Optional<PolicyUpdate> acknowledged(Predicate<PolicyUpdate> like) {
        return watch.update(
                update -> update.policyId().equals(DemoPolicy.ID)
                        && "applied".equals(update.metadata().get("result"))
                        && like.test(update),
                PATIENCE);
    }

    private Failure silence(String verb) {
        return Failure.incomplete(
                "%s has not said within %d s that it %s %s"
                        .formatted(scene.host(), PATIENCE.toSeconds(), verb, DemoPolicy.ID),
                "'segctl doctor --host %s' looks for the reason".formatted(scene.host()));
    }

    private static String millisSince(long begin) {
        return String.format(Locale.ROOT, "%.1f ms", (System.nanoTime() - begin) / 1e6);
    }
}
