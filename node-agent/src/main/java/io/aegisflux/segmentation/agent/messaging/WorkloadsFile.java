package io.aegisflux.segmentation.agent.messaging;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.HostLabels;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * AGENT_WORKLOADS: a JSON list of {@code {"name": …, "labels": {…}, "addresses": […]}}, read again when it changed. A
 * file that cannot be understood changes nothing. For one thread at a time.
 */
public final class WorkloadsFile {
    /** The largest file that is read, in bytes. */
    private static final long MAX_BYTES = 4L * 1024 * 1024;

    private final Optional<Path> file;
    private volatile List<Workload> workloads = List.of();
    private byte[] lastContent = new byte[0];

    /**
     * @param file empty for a host without named workloads
     */
    public WorkloadsFile(Optional<Path> file) {
        this.file = requireNonNull(file, "file is null");
    }

    /** As last understood. */
    public List<Workload> workloads() {
        return workloads;
    }

    /**
     * Reads the file again.
     *
     * @return whether the workloads are others now
     * @throws IOException once for each content that cannot be read or understood, naming what is wrong
     */
    public boolean refresh() throws IOException {
        if (file.isEmpty()) {
            return false;
        }
        Path path = file.get();
        if (Files.size(path) > MAX_BYTES) {
            throw new IOException("%s has more than %d bytes".formatted(path, MAX_BYTES));
        }
        byte[] content = Files.readAllBytes(path);
        if (Arrays.equals(content, lastContent)) {
            return false;
        }
        lastContent = content;
        List<Workload> read = parse(path, content);
        boolean changed = !read.equals(workloads);
        workloads = read;
        return changed;
    }

    private static List<Workload> parse(Path path, byte[] content) throws IOException {
        try {
            List<Workload> read = List.of(Wire.read(content, Workload[].class));
            for (Workload workload : read) {
                if (workload.name() == null || workload.name().isBlank()) {
                    throw new MalformedMessageException("a workload has no name");
                }
                for (String key : workload.labels().keySet()) {
                    if (HostLabels.isReserved(key)) {
                        throw new MalformedMessageException(
                                "%s: the key %s is a host's own, choose one that does not begin with %s"
                                        .formatted(workload.name(), key, HostLabels.PREFIX));
                    }
                }
            }
            return read;
        } catch (MalformedMessageException | IllegalArgumentException | NullPointerException e) {
            throw new IOException(
                    "%s is not a list of {name, labels, addresses}: %s".formatted(path, e.getMessage()), e);
        }
    }
}
