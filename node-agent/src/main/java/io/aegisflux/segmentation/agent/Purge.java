package io.aegisflux.segmentation.agent;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.config.AgentConfig;
import io.aegisflux.segmentation.agent.domain.Datapath;
import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.HostState;
import io.aegisflux.segmentation.agent.state.StateDirectory;
import java.io.IOException;

/** Takes the agent off its host: programs, pins, and what it remembered. Needs no broker and no Quarkus. */
final class Purge {
    private final Datapath datapath;
    private final HostState disk;

    Purge(Datapath datapath, HostState disk) {
        this.datapath = requireNonNull(datapath, "datapath is null");
        this.disk = requireNonNull(disk, "disk is null");
    }

    static Purge of(AgentConfig config) {
        return new Purge(HostKernel.datapath(config), new StateDirectory(config.stateDir()));
    }

    /**
     * Removes everything. What is already gone is fine.
     *
     * @throws IOException when something remains, naming it
     */
    void run() throws IOException {
        try (datapath) {
            datapath.adopt();
            datapath.remove();
        } catch (DatapathException e) {
            throw new IOException(e.getMessage(), e);
        }
        disk.clear();
    }
}
