package io.aegisflux.segmentation.builder.messaging;

import io.aegisflux.segmentation.builder.clang.HostBtfFolder;
import io.aegisflux.segmentation.builder.clang.Materials;
import io.aegisflux.segmentation.builder.sandbox.Sandbox;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.stream.Stream;

/** What this instance lacks, now. */
@ApplicationScoped
public class Shortcomings {
    private final Materials materials;
    private final Sandbox sandbox;
    private final HostBtfFolder hostBtf;
    private final BuildLedger ledger;

    @Inject
    public Shortcomings(Materials materials, Sandbox sandbox, HostBtfFolder hostBtf, BuildLedger ledger) {
        this.materials = materials;
        this.sandbox = sandbox;
        this.hostBtf = hostBtf;
        this.ledger = ledger;
    }

    /** What keeps it from building, each with its remedy. */
    public List<String> problems() {
        List<String> unread = ledger.isComplete() ? List.of() : List.of("earlier builds are not known yet");
        return Stream.of(sandbox.problems(), materials.problems(), unread)
                .flatMap(List::stream)
                .toList();
    }

    /** What it leaves out, and builds without. */
    public List<String> leftOut() {
        return hostBtf.problems();
    }
}
