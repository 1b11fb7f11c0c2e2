package io.aegisflux.segmentation.builder.config;

import io.aegisflux.segmentation.builder.clang.ToolName;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/**
 * The settings of this service.
 *
 * @param signingKey ARTIFACT_SIGNING_KEY, the private key's file
 * @param tools CLANG_PATH, LLVM_STRIP_PATH, BPFTOOL_PATH, of those that are set
 * @param btf BTF_PATH
 * @param hostBtf BTF_HOSTS_DIR
 * @param output BUILD_OUTPUT_DIR; empty for a temporary folder
 * @param sources BPF_SOURCES_DIR; empty for those in the jar
 * @param headers LIBBPF_HEADERS_DIR
 */
public record BuilderSettings(
        Path signingKey,
        Map<ToolName, Path> tools,
        Path btf,
        Optional<Path> hostBtf,
        Optional<Path> output,
        Optional<Path> sources,
        Path headers) {
    public BuilderSettings {
        tools = Map.copyOf(tools);
    }

    /** Reads them; a variable that is set to nothing is not set. */
    public static BuilderSettings from(Config config) {
        Map<ToolName, Path> tools = new EnumMap<>(ToolName.class);
        for (ToolName tool : ToolName.values()) {
            path(config, tool.variable()).ifPresent(path -> tools.put(tool, path));
        }
        return new BuilderSettings(
                required(config, "ARTIFACT_SIGNING_KEY"),
                tools,
                required(config, "BTF_PATH"),
                path(config, "BTF_HOSTS_DIR"),
                path(config, "BUILD_OUTPUT_DIR"),
                path(config, "BPF_SOURCES_DIR"),
                required(config, "LIBBPF_HEADERS_DIR"));
    }

    private static Path required(Config config, String variable) {
        return path(config, variable)
                .orElseThrow(
                        () -> new IllegalArgumentException(variable + " is set to nothing: unset it, or name a path"));
    }

    private static Optional<Path> path(Config config, String variable) {
        return config.getOptionalValue(property(variable), String.class).map(Path::of);
    }

    private static String property(String variable) {
        return variable.toLowerCase(Locale.ROOT).replace('_', '.');
    }
}
