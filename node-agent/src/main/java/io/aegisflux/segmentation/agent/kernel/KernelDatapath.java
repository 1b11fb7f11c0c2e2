package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.Counters;
import io.aegisflux.segmentation.agent.domain.Datapath;
import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.DecisionRecord;
import io.aegisflux.segmentation.agent.domain.FailsafeEntry;
import io.aegisflux.segmentation.agent.domain.Fallback;
import io.aegisflux.segmentation.agent.domain.FlowSample;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.agent.domain.TableIdentity;
import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.Probes;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.MetricsReport.MapUse;
import io.aegisflux.segmentation.contracts.RuleTable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The datapath of this host's kernel. */
public final class KernelDatapath implements Datapath {
    private static final System.Logger LOG = System.getLogger(KernelDatapath.class.getName());

    private final PinDirectory pins;
    private final Hooks hooks;
    private final Interfaces interfaces;
    private final int eventRate;
    private final InstantSource clock;
    private final LocalAddresses locals = new LocalAddresses();
    private final FlowCollector flows = new FlowCollector();
    private Consumer<DecisionRecord> receiver = decision -> {};
    private Kernel kernel;
    private EventReader events;
    private NetworkWatch watch;
    private Generations generations;
    private boolean attachesAtSwitch;

    /**
     * Where programs and pins are wanted.
     *
     * @param pinDir on a bpffs
     * @param interfaces by name, there or not
     * @param cgroup whose connects are judged; empty on a host without cgroup v2
     * @param nonIp what happens to frames that are neither IP nor ARP: allow or deny
     * @param eventRate events a second that are the first of their kind, of each rule; 0 for no limit
     */
    public record Places(
            Path pinDir, List<String> interfaces, Optional<Path> cgroup, XdpMode xdp, Action nonIp, int eventRate) {
        public Places {
            requireNonNull(pinDir, "pinDir is null");
            requireNonNull(cgroup, "cgroup is null");
            requireNonNull(xdp, "xdp is null");
            requireNonNull(nonIp, "nonIp is null");
            interfaces = List.copyOf(interfaces);
        }

        /** Without a limit of events. */
        Places(Path pinDir, List<String> interfaces, Optional<Path> cgroup, XdpMode xdp, Action nonIp) {
            this(pinDir, interfaces, cgroup, xdp, nonIp, 0);
        }
    }

    /** The datapath at these places; nothing is touched yet. */
    public static KernelDatapath of(Places places, InstantSource clock) {
        return of(places, Probes.tcx(), clock);
    }

    /** As above, on clsact filters when not on tcx. */
    static KernelDatapath of(Places places, boolean tcx, InstantSource clock) {
        PinDirectory pins = new PinDirectory(places.pinDir());
        List<Hookpoint> wanted = new ArrayList<>();
        for (String name : places.interfaces()) {
            for (Direction direction : List.of(Direction.INGRESS, Direction.EGRESS)) {
                wanted.add(tcx ? new TcHookpoint(pins, name, direction) : new ClsactHookpoint(name, direction));
            }
            wanted.add(new XdpHookpoint(pins, name, places.xdp()));
        }
        wanted.add(new ConnectHookpoint(pins, places.cgroup(), 4));
        wanted.add(new ConnectHookpoint(pins, places.cgroup(), 6));
        Optional<ClsactFilters> filters = tcx ? Optional.empty() : Optional.of(new ClsactFilters(places.interfaces()));
        return new KernelDatapath(
                pins,
                new Hooks(pins, wanted, filters),
                new Interfaces(places.interfaces(), places.nonIp()),
                places.eventRate(),
                clock);
    }

    private KernelDatapath(PinDirectory pins, Hooks hooks, Interfaces interfaces, int eventRate, InstantSource clock) {
        this.pins = requireNonNull(pins, "pins is null");
        this.hooks = requireNonNull(hooks, "hooks is null");
        this.interfaces = requireNonNull(interfaces, "interfaces is null");
        this.eventRate = eventRate;
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public Optional<Running> adopt() {
        try {
            take(Kernel.adopt(pins));
            follow();
            generations.followInterfaces(clock.instant());
            return running();
        } catch (BpfException e) {
            if (!e.isNotFound()) {
                LOG.log(Level.WARNING, "what is pinned cannot be taken over: {0}", e.getMessage());
            }
            return Optional.empty();
        } catch (DatapathException e) {
            LOG.log(Level.WARNING, "taken over, but: {0}", e.getMessage());
            return running();
        }
    }

    @Override
    public Running load(byte[] object, String digest) throws DatapathException {
        try {
            attachesAtSwitch = pins.hasOnlyOtherLayouts();
            new ObjectLoader(pins).load(object);
            Kernel next = new Kernel(new Programs(pins::nextProgram), new DatapathMaps(pins), digest);
            Kernel before = kernel;
            if (!attachesAtSwitch) {
                attach(next, before);
            }
            pins.promoteNextPrograms();
            next.identities().artifact(digest);
            take(next);
            refresh();
            return running().orElseThrow();
        } catch (BpfException e) {
            throw refused(e);
        } catch (IOException e) {
            throw new DatapathException("the pins cannot be made: " + e.getMessage(), "", e);
        }
    }

    @Override
    public Running install(RuleTable table, TableIdentity identity, Instant now, Duration confirmWithin)
            throws DatapathException {
        requireKernel();
        try {
            seedBeforeFirstTable();
            generations.install(table, identity, now, confirmWithin);
            if (attachesAtSwitch) {
                follow();
                pins.removeOtherLayouts();
                attachesAtSwitch = false;
            }
            return running().orElseThrow();
        } catch (BpfException e) {
            throw refused(e);
        } catch (IOException e) {
            throw new DatapathException("the pins of another layout stay: " + e.getMessage(), "", e);
        }
    }

    @Override
    public boolean confirm(long generation) {
        requireKernel();
        return generations.confirm(generation);
    }

    @Override
    public Optional<Fallback> settle() throws DatapathException {
        if (kernel == null) {
            return Optional.empty();
        }
        try {
            Optional<Fallback> fallback = generations.settle();
            if (fallback.isPresent()) {
                refresh();
            }
            return fallback;
        } catch (BpfException e) {
            throw refused(e);
        }
    }

    @Override
    public Optional<Running> running() {
        return kernel == null ? Optional.empty() : Optional.of(generations.running());
    }

    @Override
    public RuleTable table() {
        return kernel == null ? RuleTable.EMPTY : generations.books().inForce().table();
    }

    @Override
    public Counters counters() {
        if (kernel == null) {
            return Counters.NONE;
        }
        try {
            return kernel.counters()
                    .read(generations.books().inForce())
                    .withMoreLost(events.lost())
                    .withMaps(census());
        } catch (BpfException e) {
            throw new IllegalStateException("the counters cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public FlowSample flows() throws DatapathException {
        if (kernel == null) {
            return FlowSample.NONE;
        }
        try {
            return flows.collect(
                    List.of(kernel.maps().map("conntrack"), kernel.maps().map("opening")),
                    generations.books(),
                    interfaces);
        } catch (BpfException e) {
            throw new DatapathException("the connections cannot be read: " + e.getMessage(), "", e);
        }
    }

    /** Empty where the kernel cannot read a map in batches. */
    private List<MapUse> census() {
        List<MapUse> uses = new ArrayList<>();
        try {
            for (String name : List.of("conntrack", "opening")) {
                uses.add(FlowCensus.of(name, kernel.maps().map(name)));
            }
        } catch (BpfException e) {
            LOG.log(Level.DEBUG, "flows cannot be counted: {0}", e.getMessage());
        }
        return uses;
    }

    @Override
    public void onDecision(Consumer<DecisionRecord> newReceiver) {
        receiver = requireNonNull(newReceiver, "receiver is null");
    }

    @Override
    public void failsafe(Set<FailsafeEntry> entries) throws DatapathException {
        requireKernel();
        try {
            FailsafeSet.write(kernel.maps().map("failsafe"), entries);
        } catch (BpfException e) {
            throw refused(e);
        }
    }

    @Override
    public void onNetworkChange(Runnable listener) {
        try {
            watch = NetworkWatch.start(listener);
        } catch (BpfException e) {
            LOG.log(Level.WARNING, "changes of interfaces are seen at polls only: {0}", e.getMessage());
        }
    }

    @Override
    public Map<String, String> hooks() {
        return hooks.standing();
    }

    @Override
    public List<String> reconcile() throws DatapathException {
        if (kernel == null || attachesAtSwitch) {
            return List.of();
        }
        try {
            List<String> changes = follow();
            changes.addAll(hooks.newsOfOthers());
            return changes;
        } catch (BpfException e) {
            throw refused(e);
        }
    }

    @Override
    public void remove() throws DatapathException {
        hooks.detach();
        close();
        try {
            pins.remove();
        } catch (IOException e) {
            throw new DatapathException("not every pin is removed: " + e.getMessage(), "", e);
        }
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
            watch = null;
        }
        release();
    }

    private void release() {
        if (events != null) {
            events.close();
            events = null;
        }
        if (kernel != null) {
            kernel.close();
            kernel = null;
        }
    }

    /** Puts the next programs on the hooks; on failure the ones before are put back. */
    private void attach(Kernel next, Kernel before) throws DatapathException {
        try {
            hooks.leave();
            hooks.ensure(next.programs());
        } catch (DatapathException | RuntimeException e) {
            if (before == null) {
                hooks.detach();
            } else {
                hooks.ensure(before.programs());
            }
            next.close();
            throw e;
        }
    }

    private void take(Kernel next) throws BpfException {
        release();
        kernel = next;
        generations = Generations.of(next, interfaces, clock);
        DatapathMaps maps = next.maps();
        DecisionNames names = new DecisionNames(generations::books, interfaces);
        RepeatReader repeats = new RepeatReader(maps.map("repeats"), maps.map("totals"), maps.telling(), names);
        repeats.limit(eventRate);
        events = new EventReader(maps.map("events"), repeats, names, decision -> receiver.accept(decision)).start();
    }

    /**
     * Until the first table everything passes, so what no hook has seen by now is lost to none. Where programs of
     * another layout hold the hooks, connections are theirs and stand under a table already: they are judged.
     */
    private void seedBeforeFirstTable() throws BpfException {
        if (kernel.maps().inForce().generation() != 0) {
            return;
        }
        try {
            FlowSeeds.write(
                    kernel.maps().map("conntrack"),
                    SocketTable.read(),
                    attachesAtSwitch ? FlowSeeds.NO_GENERATION : FlowSeeds.BEFORE_ANY_TABLE);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "connections that are open now may be cut: {0}", e.getMessage());
        }
    }

    /**
     * Brings hooks and maps to the interfaces of now. An interface is in the map while a program runs on it: without its
     * bit and the kind of its frames a program would judge wrongly.
     */
    private List<String> follow() throws DatapathException, BpfException {
        List<String> changes = hooks.leave();
        refresh();
        changes.addAll(hooks.ensure(kernel.programs()));
        return changes;
    }

    /** What changes on a host without our doing. */
    private void refresh() throws BpfException {
        interfaces.write(kernel.maps().map("interfaces"), generations.interfaceBits());
        locals.write(kernel.maps().map("locals"));
    }

    private void requireKernel() {
        if (kernel == null) {
            throw new IllegalStateException("no programs are loaded");
        }
    }

    private static DatapathException refused(BpfException e) {
        return new DatapathException(e.getMessage(), e.log(), e);
    }
}
