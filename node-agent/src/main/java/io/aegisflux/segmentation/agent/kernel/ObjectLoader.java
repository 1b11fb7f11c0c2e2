package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.agent.libbpf.BpfObject;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Brings an object into the kernel, beside what runs: its programs pinned as the next ones, its maps shared with these. */
final class ObjectLoader {
    private static final String SETTINGS = ".rodata.settings";

    private final PinDirectory pins;

    ObjectLoader(PinDirectory pins) {
        this.pins = requireNonNull(pins, "pins is null");
    }

    /**
     * Loads and pins; nothing that runs is touched. Maps that are pinned are used, the others made.
     *
     * @param object an ELF object for the BPF target
     * @throws DatapathException when it is not ours, or the kernel refuses, with the verifier's log
     */
    void load(byte[] object) throws DatapathException, BpfException, IOException {
        pins.prepare();
        try (BpfObject loading = BpfObject.open(object, "segmentation")) {
            BankSize banks = bankSize();
            settle(loading.initialValue(SETTINGS), banks);
            loading.resize("banks", banks.valueBytes());
            List<String> shared = new ArrayList<>(loading.maps());
            shared.removeIf(name -> name.startsWith("."));
            List<String> made = new ArrayList<>();
            for (String map : shared) {
                if (!reuse(loading, map)) {
                    made.add(map);
                }
            }
            loading.load();
            pins.clearNextPrograms();
            for (Program program : Program.values()) {
                loading.pinProgram(program.functionName(), pins.nextProgram(program));
            }
            for (String map : made) {
                loading.pinMap(map, pins.map(map));
            }
        }
    }

    /** That of the banks which are there, else what the kernel takes. */
    private BankSize bankSize() throws BpfException {
        Path pin = pins.map("banks");
        if (!Files.exists(pin)) {
            return BankSize.ofThisKernel();
        }
        try (BpfMap existing = BpfMap.ofPin(pin)) {
            return BankSize.ofValue(existing.valueBytes());
        }
    }

    private static void settle(MemorySegment settings, BankSize banks) throws DatapathException {
        int layout = settings.byteSize() == Structs.SETTINGS.byteSize()
                ? settings.get(JAVA_INT, Structs.offset(Structs.SETTINGS, "layout"))
                : -1;
        if (layout != Structs.LAYOUT_VERSION) {
            throw new DatapathException(
                    "the object is of layout %d, this agent speaks %d: run an agent and a builder of one version"
                            .formatted(layout, Structs.LAYOUT_VERSION),
                    "",
                    null);
        }
        settings.set(JAVA_INT, Structs.offset(Structs.SETTINGS, "bank_words"), banks.words());
        try {
            settings.set(JAVA_LONG, Structs.offset(Structs.SETTINGS, "own_netns_cookie"), NetDevices.namespaceCookie());
        } catch (BpfException e) {
            // Below Linux 5.14 namespaces have no cookie: the connect hooks judge all of the cgroup's.
            settings.set(JAVA_LONG, Structs.offset(Structs.SETTINGS, "own_netns_cookie"), 0);
        }
    }

    private boolean reuse(BpfObject loading, String map) throws BpfException {
        Path pin = pins.map(map);
        if (!Files.exists(pin)) {
            return false;
        }
        try (BpfMap existing = BpfMap.ofPin(pin)) {
            loading.reuse(map, existing);
            return true;
        }
    }
}
