package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfLink;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import io.aegisflux.segmentation.agent.libbpf.TcFilter;
import io.aegisflux.segmentation.contracts.Direction;
import java.util.Optional;

/** tc of an interface: a tcx link where the kernel has it (Linux 6.6), else a clsact filter. */
final class TcHookpoint implements Hookpoint {
    private final String interfaceName;
    private final boolean ingress;
    private final boolean tcx;
    private final PinnedLink link;

    /**
     * @param direction INGRESS or EGRESS
     * @param tcx whether to use it
     */
    TcHookpoint(PinDirectory pins, String interfaceName, Direction direction, boolean tcx) {
        this.interfaceName = requireNonNull(interfaceName, "interfaceName is null");
        this.ingress = direction == Direction.INGRESS;
        this.tcx = tcx;
        this.link = new PinnedLink(pins.link(hook() + "=" + interfaceName));
    }

    @Override
    public String name() {
        return hook() + "@" + interfaceName;
    }

    @Override
    public Standing ensure(Programs programs) throws BpfException {
        Optional<NetDevices.Device> device = NetDevices.find(interfaceName);
        if (device.isEmpty()) {
            link.remove();
            return new Standing.Off("there is no interface of this name now");
        }
        BpfProgram program = programs.get(ingress ? Program.TC_INGRESS : Program.TC_EGRESS);
        int ifindex = device.get().index();
        return tcx ? link(program, ifindex) : filter(program, ifindex);
    }

    @Override
    public void detach() throws BpfException {
        link.remove();
        Optional<NetDevices.Device> device = NetDevices.find(interfaceName);
        if (!tcx && device.isPresent()) {
            TcFilter.detach(device.get().index(), way());
        }
    }

    private Standing link(BpfProgram program, int ifindex) throws BpfException {
        BpfLink.Hook hook = ingress ? BpfLink.Hook.TCX_INGRESS : BpfLink.Hook.TCX_EGRESS;
        return new Standing.On(
                "tcx", link.ensure(program, info -> info.isOn(ifindex), added -> BpfLink.tcx(added, ifindex, hook)));
    }

    private Standing filter(BpfProgram program, int ifindex) throws BpfException {
        int before = TcFilter.programId(ifindex, way());
        if (before == program.id()) {
            return new Standing.On("clsact", Change.KEPT);
        }
        TcFilter.attach(program, ifindex, way());
        return new Standing.On("clsact", before == 0 ? Change.ATTACHED : Change.REPLACED);
    }

    private TcFilter.Way way() {
        return ingress ? TcFilter.Way.INGRESS : TcFilter.Way.EGRESS;
    }

    private String hook() {
        return ingress ? "tc_ingress" : "tc_egress";
    }
}
