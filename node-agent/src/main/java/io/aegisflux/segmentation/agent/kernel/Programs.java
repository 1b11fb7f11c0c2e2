package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/** The programs of one object, open. */
final class Programs implements AutoCloseable {
    private final Map<Program, BpfProgram> open = new EnumMap<>(Program.class);

    /**
     * Opens them.
     *
     * @param path where each is pinned
     * @throws BpfException when one is not
     */
    Programs(Function<Program, Path> path) throws BpfException {
        try {
            for (Program program : Program.values()) {
                open.put(program, BpfProgram.ofPin(path.apply(program)));
            }
        } catch (BpfException | RuntimeException e) {
            close();
            throw e;
        }
    }

    BpfProgram get(Program program) {
        return open.get(program);
    }

    @Override
    public void close() {
        open.values().forEach(BpfProgram::close);
    }
}
