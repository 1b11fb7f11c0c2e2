package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.kernel.Hookpoint.Change;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfLink;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/** A link that lives by its pin. */
final class PinnedLink {
    private final Path pin;

    PinnedLink(Path pin) {
        this.pin = requireNonNull(pin, "pin is null");
    }

    /** Makes the link anew. */
    @FunctionalInterface
    interface Attach {
        BpfLink attach(BpfProgram program) throws BpfException;
    }

    boolean isPinned() {
        return Files.exists(pin);
    }

    /**
     * Sees to it that the link holds the program.
     *
     * @param isInPlace whether a link is where it is wanted; one that is not, or whose target is gone, is given up
     */
    Change ensure(BpfProgram program, Predicate<BpfLink.Info> isInPlace, Attach how) throws BpfException {
        if (isPinned()) {
            try (BpfLink link = BpfLink.ofPin(pin)) {
                BpfLink.Info info = link.info();
                if (!info.isDetached() && isInPlace.test(info)) {
                    if (info.programId() == program.id()) {
                        return Change.KEPT;
                    }
                    link.update(program);
                    return Change.REPLACED;
                }
            }
            remove();
        }
        try (BpfLink link = how.attach(program)) {
            link.pin(pin);
        }
        return Change.ATTACHED;
    }

    /** Lets go of the link: the program leaves its hook. */
    void remove() {
        try {
            Files.deleteIfExists(pin);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove the pin " + pin, e);
        }
    }
}
