package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.agent.libbpf.AttachedPrograms;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfLink;
import io.aegisflux.segmentation.agent.libbpf.BpfLink.XdpPath;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import java.util.List;
import java.util.Optional;

/** XDP of an interface, in the driver or in the generic path. */
final class XdpHookpoint implements Hookpoint {
    private final String interfaceName;
    private final XdpMode mode;
    private final PinnedLink nativeLink;
    private final PinnedLink genericLink;

    XdpHookpoint(PinDirectory pins, String interfaceName, XdpMode mode) {
        this.interfaceName = requireNonNull(interfaceName, "interfaceName is null");
        this.mode = requireNonNull(mode, "mode is null");
        this.nativeLink = new PinnedLink(pins.link("xdp_native=" + interfaceName));
        this.genericLink = new PinnedLink(pins.link("xdp_generic=" + interfaceName));
    }

    @Override
    public String name() {
        return "xdp@" + interfaceName;
    }

    @Override
    public void leaveElsewhere() throws BpfException {
        Optional<NetDevices.Device> device = NetDevices.find(interfaceName);
        nativeLink.leaveUnlessOn(device);
        genericLink.leaveUnlessOn(device);
    }

    @Override
    public Standing ensure(Programs programs) throws BpfException {
        Optional<NetDevices.Device> device = NetDevices.find(interfaceName);
        if (device.isEmpty()) {
            detach();
            return Standing.Off.NO_INTERFACE;
        }
        if (device.get().kind() != NetDevices.Kind.ETHERNET) {
            return new Standing.Off("packets of this interface have no Ethernet header");
        }
        return switch (mode) {
            case OFF -> {
                detach();
                yield new Standing.Off("not asked for");
            }
            case NATIVE -> attach(programs, device.get().index(), XdpPath.NATIVE);
            case GENERIC -> attach(programs, device.get().index(), XdpPath.GENERIC);
            case AUTO -> attachIfTaken(programs, device.get().index());
        };
    }

    @Override
    public void detach() {
        nativeLink.remove();
        genericLink.remove();
    }

    private Standing attachIfTaken(Programs programs, int ifindex) {
        try {
            return attach(programs, ifindex, XdpPath.NATIVE);
        } catch (BpfException e) {
            return new Standing.Off(e.isUnsupported() ? "the driver does not take it" : e.getMessage());
        }
    }

    private Standing attach(Programs programs, int ifindex, XdpPath path) throws BpfException {
        boolean isNative = path == XdpPath.NATIVE;
        (isNative ? genericLink : nativeLink).remove();
        BpfProgram ours = programs.get(Program.XDP_INGRESS);
        Change change;
        try {
            change = (isNative ? nativeLink : genericLink)
                    .ensure(ours, info -> info.isOn(ifindex), program -> BpfLink.xdp(program, ifindex, path));
        } catch (BpfException e) {
            List<OtherProgram> there = OtherProgram.around(ours.id(), () -> AttachedPrograms.xdp(ifindex));
            throw there.isEmpty()
                    ? e
                    : e.with("for %s is there".formatted(there.getFirst().called()));
        }
        return new Standing.On(isNative ? "native" : "generic", change, List.of());
    }
}
