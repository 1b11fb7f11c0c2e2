package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.kernel.Hookpoint.Change;
import io.aegisflux.segmentation.agent.kernel.Hookpoint.Standing;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All places where this host wants a program. */
final class Hooks {
    private final PinDirectory pins;
    private final List<Hookpoint> wanted;
    private volatile Map<String, String> standing = Map.of();

    Hooks(PinDirectory pins, List<Hookpoint> wanted) {
        this.pins = requireNonNull(pins, "pins is null");
        this.wanted = List.copyOf(wanted);
    }

    /**
     * Sees to it that our programs run at every place, and at no other.
     *
     * @return a sentence for each change
     * @throws DatapathException naming the place and the errno; the places before it have the new program then
     */
    List<String> ensure(Programs programs) throws DatapathException {
        List<String> changes = new ArrayList<>(leaveUnwanted());
        Map<String, String> now = new LinkedHashMap<>();
        for (Hookpoint place : wanted) {
            Standing found;
            try {
                found = place.ensure(programs);
            } catch (BpfException e) {
                throw new DatapathException("%s: %s".formatted(place.name(), e.getMessage()), e.log(), e);
            }
            now.put(place.name(), found.text());
            String before = standing.get(place.name());
            if (found instanceof Standing.On(String how, Change change) && change != Change.KEPT) {
                changes.add("%s was %s (%s)"
                        .formatted(place.name(), change == Change.ATTACHED ? "attached" : "replaced", how));
            } else if (before != null && !before.equals(found.text())) {
                changes.add("%s is %s, was %s".formatted(place.name(), found.text(), before));
            }
        }
        standing = Map.copyOf(now);
        return changes;
    }

    /** Place to how it stands, as of the last look. */
    Map<String, String> standing() {
        return standing;
    }

    /** Takes our programs away from every place. */
    void detach() throws DatapathException {
        for (Hookpoint place : wanted) {
            try {
                place.detach();
            } catch (BpfException e) {
                throw new DatapathException("%s: %s".formatted(place.name(), e.getMessage()), e.log(), e);
            }
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

    private static boolean belongs(String link, Hookpoint place) {
        return link.replace("xdp_native", "xdp")
                .replace("xdp_generic", "xdp")
                .replace('=', '@')
                .equals(place.name());
    }
}
