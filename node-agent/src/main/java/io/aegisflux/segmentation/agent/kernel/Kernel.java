package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.libbpf.BpfException;

/**
 * What the agent holds open of the kernel: programs and the maps they share.
 *
 * @param artifact SHA-256 of the object the programs are of, lower-case hex
 */
record Kernel(Programs programs, DatapathMaps maps, String artifact) implements AutoCloseable {
    Kernel {
        requireNonNull(programs, "programs is null");
        requireNonNull(maps, "maps is null");
        requireNonNull(artifact, "artifact is null");
    }

    Identities identities() {
        return new Identities(maps.map("identities"));
    }

    BookStore books() {
        return new BookStore(maps.map("book"));
    }

    CounterReader counters() {
        return new CounterReader(maps.map("totals"), maps.map("rule_counters"));
    }

    GoldenPackets golden() {
        return new GoldenPackets(this);
    }

    /** Opens what is pinned. */
    static Kernel adopt(PinDirectory pins) throws BpfException {
        DatapathMaps maps = new DatapathMaps(pins);
        try {
            return new Kernel(new Programs(pins::program), maps, new Identities(maps.map("identities")).artifact());
        } catch (BpfException | RuntimeException e) {
            maps.close();
            throw e;
        }
    }

    @Override
    public void close() {
        programs.close();
        maps.close();
    }
}
