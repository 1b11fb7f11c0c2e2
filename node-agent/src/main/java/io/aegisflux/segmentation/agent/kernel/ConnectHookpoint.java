package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfLink;
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
        if (!Files.isDirectory(cgroup.get())) {
            link.remove();
            return new Standing.Off("there is no cgroup %s now".formatted(cgroup.get()));
        }
        BpfLink.Hook hook = v4 ? BpfLink.Hook.CONNECT4 : BpfLink.Hook.CONNECT6;
        return new Standing.On(
                "cgroup",
                link.ensure(
                        programs.get(v4 ? Program.CONNECT4 : Program.CONNECT6),
                        info -> true,
                        program -> BpfLink.cgroup(program, cgroup.get(), hook)));
    }

    @Override
    public void detach() {
        link.remove();
    }
}
