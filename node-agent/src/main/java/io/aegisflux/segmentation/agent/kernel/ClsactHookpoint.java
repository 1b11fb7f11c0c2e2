package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import io.aegisflux.segmentation.agent.libbpf.TcFilter;
import io.aegisflux.segmentation.contracts.Direction;
import java.util.Optional;

/** tc of an interface by a clsact filter, on kernels below 6.6. {@link ClsactFilters} gives up those of other interfaces. */
final class ClsactHookpoint implements Hookpoint {
    private final String interfaceName;
    private final TcFilter.Way way;

    /**
     * @param direction INGRESS or EGRESS
     */
    ClsactHookpoint(String interfaceName, Direction direction) {
        this.interfaceName = requireNonNull(interfaceName, "interfaceName is null");
        this.way = direction == Direction.INGRESS ? TcFilter.Way.INGRESS : TcFilter.Way.EGRESS;
    }

    @Override
    public String name() {
        return ClsactFilters.hook(way) + "@" + interfaceName;
    }

    @Override
    public Standing ensure(Programs programs) throws BpfException {
        Optional<NetDevices.Device> device = NetDevices.find(interfaceName);
        if (device.isEmpty()) {
            return Standing.Off.NO_INTERFACE;
        }
        int ifindex = device.get().index();
        BpfProgram program = programs.get(way == TcFilter.Way.INGRESS ? Program.TC_INGRESS : Program.TC_EGRESS);
        int before = TcFilter.programId(ifindex, way);
        Change change = Change.KEPT;
        if (before != program.id()) {
            TcFilter.attach(program, ifindex, way);
            change = before == 0 ? Change.ATTACHED : Change.REPLACED;
        }
        return new Standing.On(
                "clsact", change, OtherProgram.around(program.id(), () -> TcFilter.programs(ifindex, way)));
    }

    @Override
    public void detach() throws BpfException {
        Optional<NetDevices.Device> device = NetDevices.find(interfaceName);
        if (device.isPresent()) {
            TcFilter.detach(device.get().index(), way);
        }
    }
}
