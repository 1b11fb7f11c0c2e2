package io.aegisflux.segmentation.builder.domain;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What can be built: a main file among the sources, and the program types that its object may hold. */
public enum ProgramSet {
    /** The programs of a host: its points of enforcement and no others, so nothing that could look into the kernel. */
    DATAPATH(
            "datapath",
            "datapath.bpf.c",
            Set.of(
                    "tc",
                    "tcx/ingress",
                    "tcx/egress",
                    "xdp",
                    "cgroup/connect4",
                    "cgroup/connect6",
                    "cgroup/sendmsg4",
                    "cgroup/sendmsg6",
                    "cgroup/recvmsg4",
                    "cgroup/recvmsg6",
                    "cgroup/bind4",
                    "cgroup/bind6",
                    "cgroup/sock_create",
                    "cgroup/dev",
                    "cgroup_skb/ingress",
                    "cgroup_skb/egress"));

    private final String word;
    private final String mainFile;
    private final Set<String> programSections;

    ProgramSet(String word, String mainFile, Set<String> programSections) {
        this.word = word;
        this.mainFile = mainFile;
        this.programSections = programSections;
    }

    /** Its word on the bus. */
    public String word() {
        return word;
    }

    public String mainFile() {
        return mainFile;
    }

    /** The ELF sections that may hold programs; libbpf reads a program's type off its section's name. */
    public Set<String> programSections() {
        return programSections;
    }

    /** Empty when there is no such set. */
    public static Optional<ProgramSet> of(String word) {
        return Stream.of(values()).filter(each -> each.word.equals(word)).findFirst();
    }
}
