package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.harness.Command;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.StructLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What C and Java say of what they share, held together by the compiled object's BTF. */
@NeedsKernel
class StructsIT {
    private static final Map<String, JsonNode> STRUCTS = new HashMap<>();
    private static final Map<String, Long> ENUMERATORS = new HashMap<>();

    @BeforeAll
    static void readBtf() throws IOException {
        Path object = Files.createTempFile("segmentation-", ".o");
        try {
            Files.write(object, CompiledObject.bytes());
            JsonNode types = new ObjectMapper()
                    .readTree(Command.run("bpftool", "-j", "btf", "dump", "file", object.toString()))
                    .path("types");
            for (JsonNode type : types) {
                if (type.path("kind").asText().equals("STRUCT")) {
                    STRUCTS.put(type.path("name").asText(), type);
                }
                for (JsonNode value : type.path("values")) {
                    ENUMERATORS.put(
                            value.path("name").asText(), value.path("val").asLong());
                }
            }
        } finally {
            Files.delete(object);
        }
    }

    static List<StructLayout> structs() {
        return Structs.ALL;
    }

    @ParameterizedTest
    @MethodSource("structs")
    void hasTheMembersThatTheCompilerLaidOut(StructLayout ours) {
        JsonNode compiled = STRUCTS.get(ours.name().orElseThrow());
        assertThat(compiled).as("struct %s in the object's BTF", ours.name()).isNotNull();
        assertThat(ours.byteSize()).as("size").isEqualTo(compiled.path("size").asLong());
        List<String> theirs = new ArrayList<>();
        for (JsonNode member : compiled.path("members")) {
            theirs.add(member.path("name").asText() + "@"
                    + member.path("bits_offset").asLong() / 8);
        }
        List<String> mine = new ArrayList<>();
        for (MemoryLayout member : ours.memberLayouts()) {
            if (!(member instanceof PaddingLayout)) {
                String name = member.name().orElseThrow();
                mine.add(name + "@" + Structs.offset(ours, name));
            }
        }
        assertThat(mine).containsExactlyElementsOf(theirs);
    }

    @Test
    void numbersHooksVerdictsAndReasonsAsTheContractsDo() {
        for (Hook hook : Hook.values()) {
            assertThat(ENUMERATORS).containsEntry("HOOK_" + hook.name(), (long) hook.ordinal());
        }
        for (Verdict verdict : Verdict.values()) {
            assertThat(ENUMERATORS).containsEntry("VERDICT_" + verdict.name(), (long) verdict.ordinal());
        }
        for (Reason reason : Reason.values()) {
            assertThat(ENUMERATORS).containsEntry("REASON_" + reason.name(), (long) reason.ordinal());
        }
        assertThat(ENUMERATORS)
                .containsEntry("HOOKS", (long) Structs.HOOKS)
                .containsEntry("VERDICTS", (long) Structs.VERDICTS)
                .containsEntry("REASONS", (long) Structs.REASONS);
    }

    @Test
    void numbersTheStatesOfFlowsAndTheirTimeoutsAsTheProgramsDo() {
        for (FlowState state : FlowState.values()) {
            assertThat(ENUMERATORS).containsEntry("FLOW_" + state.name(), (long) state.ordinal());
        }
        assertThat(ENUMERATORS)
                .containsEntry("TIMEOUT_TCP_HANDSHAKE", FlowState.OPENING.timeout(6))
                .containsEntry("TIMEOUT_TCP_HANDSHAKE", FlowState.ANSWERED.timeout(6))
                .containsEntry("TIMEOUT_TCP_ESTABLISHED", FlowState.ESTABLISHED.timeout(6))
                .containsEntry("TIMEOUT_TCP_CLOSING", FlowState.CLOSING.timeout(6))
                .containsEntry("TIMEOUT_TCP_CLOSED", FlowState.CLOSED.timeout(6))
                .containsEntry("TIMEOUT_ICMP", FlowState.OPENING.timeout(1))
                .containsEntry("TIMEOUT_ICMP", FlowState.ESTABLISHED.timeout(58))
                .containsEntry("TIMEOUT_UDP_ONE_WAY", FlowState.OPENING.timeout(17))
                .containsEntry("TIMEOUT_OTHER_ONE_WAY", FlowState.OPENING.timeout(47))
                .containsEntry("TIMEOUT_TWO_WAY", FlowState.ANSWERED.timeout(17))
                .containsEntry("TIMEOUT_TWO_WAY", FlowState.ESTABLISHED.timeout(47));
    }
}
