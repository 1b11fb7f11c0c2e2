package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.libbpf.AttachedPrograms;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfLink;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** connect() of the processes below a cgroup, of one IP version. */
final class ConnectHookpoint implements Hookpoint {
    private final Optional<Path> cgroup;
    private final boolean v4;
    private final PinnedLink link;

    /**
     * @param cgroup a directory of cgroup v2; empty on a host without it
     * @param ipVersion 4 or 6
     */
    ConnectHookpoint(PinDirectory pins, Optional<Path> cgroup, int ipVersion) {
        this.cgroup = requireNonNull(cgroup, "cgroup is null");
        this.v4 = ipVersion == 4;
        this.link = new PinnedLink(pins.link(name()));
    }

    @Override
    public String name() {
        return v4 ? "connect4" : "connect6";
    }

    @Override
    public Standing ensure(Programs programs) throws BpfException {
        if (cgroup.isEmpty()) {
            link.remove();
            return new Standing.Off("no cgroup v2 is mounted");
        }
        Path directory = cgroup.get();
        if (!Files.isDirectory(directory)) {
            link.remove();
            return new Standing.Off("there is no cgroup %s now".formatted(directory));
        }
        BpfLink.Hook hook = v4 ? BpfLink.Hook.CONNECT4 : BpfLink.Hook.CONNECT6;
        BpfProgram program = programs.get(v4 ? Program.CONNECT4 : Program.CONNECT6);
        Change change = link.ensure(program, info -> true, added -> BpfLink.cgroup(added, directory, hook));
        return new Standing.On(
                "cgroup", change, OtherProgram.around(program.id(), () -> AttachedPrograms.cgroup(directory, hook)));
    }

    @Override
    public void detach() {
        link.remove();
    }
}
