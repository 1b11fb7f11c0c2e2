package io.aegisflux.segmentation.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Decides for {@link NeedsKernel}. */
final class KernelCondition implements ExecutionCondition {
    private static final String SKIP = "SEGMENTATION_SKIP_KERNEL_TESTS";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (System.getenv(SKIP) != null) {
            return ConditionEvaluationResult.disabled(SKIP + " is set");
        }
        List<String> missing = missing();
        if (!missing.isEmpty()) {
            throw new ExtensionConfigurationException(
                    "this test needs %s: run './dev test' as root on a kernel with BPF, or set %s=1 to skip such tests"
                            .formatted(String.join(", ", missing), SKIP));
        }
        return ConditionEvaluationResult.enabled("root, BPF and a compiler are here");
    }

    private static List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (!"root".equals(System.getProperty("user.name"))) {
            missing.add("root");
        }
        if (!Files.exists(Path.of("/sys/kernel/btf/vmlinux"))) {
            missing.add("a kernel with BTF");
        }
        for (String program : List.of("clang", "bpftool")) {
            if (!isInPath(program)) {
                missing.add(program);
            }
        }
        return missing;
    }

    private static boolean isInPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
        return Stream.of(path.split(":")).anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
