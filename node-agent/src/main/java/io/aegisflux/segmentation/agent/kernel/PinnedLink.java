package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.kernel.Hookpoint.Change;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfLink;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/** A link that lives by its pin. */
final class PinnedLink {
    private static final System.Logger LOG = System.getLogger(PinnedLink.class.getName());

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

    /**
     * Lets go of the link unless it is on this interface.
     *
     * @param device empty when there is none
     */
    void leaveUnlessOn(Optional<NetDevices.Device> device) throws BpfException {
        if (!isPinned()) {
            return;
        }
        boolean stays;
        try (BpfLink link = BpfLink.ofPin(pin)) {
            BpfLink.Info info = link.info();
            stays = device.isPresent() && info.isOn(device.get().index());
        }
        if (!stays) {
            remove();
        }
    }

    /** Lets go of the link: the program leaves its hook. */
    void remove() {
        if (!isPinned()) {
            return;
        }
        try (BpfLink link = BpfLink.ofPin(pin)) {
            link.detach(); // removing the pin alone lets the kernel detach when it has time to
        } catch (BpfException e) {
            LOG.log(Level.DEBUG, "{0} is detached by the kernel: {1}", pin, e.getMessage());
        }
        try {
            Files.deleteIfExists(pin);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove the pin " + pin, e);
        }
    }
}
