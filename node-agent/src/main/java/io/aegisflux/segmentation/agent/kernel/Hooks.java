package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.kernel.Hookpoint.Change;
import io.aegisflux.segmentation.agent.kernel.Hookpoint.Standing;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** All places where this host wants a program. */
final class Hooks {
    private static final System.Logger LOG = System.getLogger(Hooks.class.getName());

    private final PinDirectory pins;
    private final List<Hookpoint> wanted;
    private final Optional<ClsactFilters> filters;
    private final OtherProgramsTold told = new OtherProgramsTold();
    private volatile Map<String, Standing> standing = Map.of();

    /**
     * @param filters gives up clsact filters where none is wanted; empty on tcx
     */
    Hooks(PinDirectory pins, List<Hookpoint> wanted, Optional<ClsactFilters> filters) {
        this.pins = requireNonNull(pins, "pins is null");
        this.wanted = List.copyOf(wanted);
        this.filters = requireNonNull(filters, "filters is null");
    }

    /**
     * Takes our programs away from where none is wanted (any more): from places that are not configured, and from
     * interfaces that have another name now. All of it before {@link #ensure}: an interface that has taken over another
     * one's name has that one's program once, not twice, which the kernel refuses.
     *
     * @return a sentence for each place that is not configured
     */
    List<String> leave() {
        List<String> left = new ArrayList<>(leaveUnwanted());
        for (Hookpoint place : wanted) {
            logged(place::leaveElsewhere);
        }
        filters.ifPresent(clsact -> logged(() -> left.addAll(clsact.leave())));
        return left;
    }

    /**
     * Sees to it that our programs run at every place.
     *
     * @return a sentence for each change
     * @throws DatapathException naming each place that failed and the errno; the others have the new program then
     */
    List<String> ensure(Programs programs) throws DatapathException {
        List<String> changes = new ArrayList<>();
        List<DatapathException> failures = new ArrayList<>();
        Map<String, Standing> now = new LinkedHashMap<>();
        for (Hookpoint place : wanted) {
            Standing found;
            try {
                found = at(place, () -> place.ensure(programs));
            } catch (DatapathException e) {
                failures.add(e);
                now.put(place.name(), new Standing.Off(e.getMessage()));
                continue;
            }
            now.put(place.name(), found);
            Standing before = standing.get(place.name());
            if (found instanceof Standing.On(String how, Change change, var ignored)) {
                if (change != Change.KEPT) {
                    changes.add("%s was %s (%s)"
                            .formatted(place.name(), change == Change.ATTACHED ? "attached" : "replaced", how));
                }
            } else if (before != null && !before.equals(found)) {
                changes.add("%s is %s, was %s".formatted(place.name(), found.text(), before.text()));
            }
        }
        standing = Map.copyOf(now);
        if (!failures.isEmpty()) {
            throw together(failures);
        }
        return changes;
    }

    /** A sentence for each program of others that has come or gone since this was asked last. */
    List<String> newsOfOthers() {
        return told.tell(standing.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().others())));
    }

    /** Place to how it stands, as of the last look. */
    Map<String, String> standing() {
        return standing.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, each -> each.getValue().text()));
    }

    /** Takes our programs away from every place. */
    void detach() throws DatapathException {
        leave();
        for (Hookpoint place : wanted) {
            at(place, () -> {
                place.detach();
                return place;
            });
        }
        standing = Map.of();
    }

    /** Lets go of links of places that were wanted once, under another configuration. */
    private List<String> leaveUnwanted() {
        List<String> left = new ArrayList<>();
        try {
            for (String link : pins.links()) {
                if (wanted.stream().noneMatch(place -> belongs(link, place))) {
                    new PinnedLink(pins.link(link)).remove();
                    left.add("%s was left, for it is not configured any more".formatted(link.replace('=', '@')));
                }
            }
            return left;
        } catch (IOException e) {
            throw new UncheckedIOException("the pins cannot be listed", e);
        }
    }

    private interface Leave {
        void run() throws BpfException;
    }

    /** What cannot be left must not keep other places from their program. */
    private static void logged(Leave leave) {
        try {
            leave.run();
        } catch (BpfException e) {
            LOG.log(Level.WARNING, "a program stays where it is not wanted any more: {0}", e.getMessage());
        }
    }

    private interface Work<T> {
        T run() throws BpfException;
    }

    private static <T> T at(Hookpoint place, Work<T> work) throws DatapathException {
        try {
            return work.run();
        } catch (BpfException e) {
            throw new DatapathException("%s: %s".formatted(place.name(), e.getMessage()), e.log(), e);
        }
    }

    private static DatapathException together(List<DatapathException> failures) {
        DatapathException first = failures.getFirst();
        if (failures.size() == 1) {
            return first;
        }
        return new DatapathException(
                failures.stream().map(Throwable::getMessage).collect(Collectors.joining("; ")),
                failures.stream()
                        .map(DatapathException::detail)
                        .filter(detail -> !detail.isEmpty())
                        .distinct()
                        .collect(Collectors.joining(System.lineSeparator())),
                first.getCause());
    }

    private static boolean belongs(String link, Hookpoint place) {
        return link.replace("xdp_native", "xdp")
                .replace("xdp_generic", "xdp")
                .replace('=', '@')
                .equals(place.name());
    }
}
