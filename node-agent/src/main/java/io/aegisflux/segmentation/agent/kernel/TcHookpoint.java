package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.libbpf.AttachedPrograms;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfLink;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import io.aegisflux.segmentation.agent.libbpf.TcFilter;
import io.aegisflux.segmentation.contracts.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** tc of an interface by a tcx link (Linux 6.6). */
final class TcHookpoint implements Hookpoint {
    private final String interfaceName;
    private final boolean ingress;
    private final PinnedLink link;

    /**
     * @param direction INGRESS or EGRESS
     */
    TcHookpoint(PinDirectory pins, String interfaceName, Direction direction) {
        this.interfaceName = requireNonNull(interfaceName, "interfaceName is null");
        this.ingress = direction == Direction.INGRESS;
        this.link = new PinnedLink(pins.link(ClsactFilters.hook(way()) + "=" + interfaceName));
    }

    @Override
    public String name() {
        return ClsactFilters.hook(way()) + "@" + interfaceName;
    }

    @Override
    public void leaveElsewhere() throws BpfException {
        link.leaveUnlessOn(NetDevices.find(interfaceName));
    }

    @Override
    public Standing ensure(Programs programs) throws BpfException {
        Optional<NetDevices.Device> device = NetDevices.find(interfaceName);
        if (device.isEmpty()) {
            link.remove();
            return Standing.Off.NO_INTERFACE;
        }
        int ifindex = device.get().index();
        BpfLink.Hook hook = ingress ? BpfLink.Hook.TCX_INGRESS : BpfLink.Hook.TCX_EGRESS;
        BpfProgram program = programs.get(ingress ? Program.TC_INGRESS : Program.TC_EGRESS);
        Change change = link.ensure(program, info -> info.isOn(ifindex), added -> BpfLink.tcx(added, ifindex, hook));
        return new Standing.On("tcx", change, OtherProgram.around(program.id(), () -> ids(ifindex, hook)));
    }

    @Override
    public void detach() {
        link.remove();
    }

    /** Filters run when every program of tcx has let the packet go on. */
    private List<Integer> ids(int ifindex, BpfLink.Hook hook) throws BpfException {
        List<Integer> ids = new ArrayList<>(AttachedPrograms.tcx(ifindex, hook));
        ids.addAll(TcFilter.programs(ifindex, way()));
        return ids;
    }

    private TcFilter.Way way() {
        return ingress ? TcFilter.Way.INGRESS : TcFilter.Way.EGRESS;
    }
}
