package io.aegisflux.segmentation.builder.clang;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Where the tools are: at the path that a variable names, else in PATH, else where Debian puts them. */
public final class ToolFinder {
    private static final List<String> SYSTEM_FOLDERS = List.of("/usr/sbin", "/sbin");
    private static final Path LIBRARIES = Path.of("/usr/lib");

    private final Map<ToolName, Path> configured;
    private final String path;
    private final Path libraries;

    /**
     * @param configured what variables name, of the tools for which they are set
     * @param path as the environment has it
     */
    public ToolFinder(Map<ToolName, Path> configured, String path) {
        this(configured, path, LIBRARIES);
    }

    /**
     * @param libraries where llvm-NN folders lie
     */
    ToolFinder(Map<ToolName, Path> configured, String path, Path libraries) {
        this.configured = Map.copyOf(configured);
        this.path = requireNonNull(path, "path is null");
        this.libraries = requireNonNull(libraries, "libraries is null");
    }

    /** Its path now; a tool may be installed while the service runs. */
    public Path find(ToolName tool) throws ToolMissingException {
        Path named = configured.get(tool);
        if (named != null) {
            if (!isProgram(named)) {
                throw new ToolMissingException(
                        "%s is %s, which is no program: correct it, or unset it to take %s from PATH"
                                .formatted(tool.variable(), named, tool.word()));
            }
            return named.toAbsolutePath();
        }
        return folders().stream()
                .map(folder -> folder.resolve(tool.word()))
                .filter(ToolFinder::isProgram)
                .findFirst()
                .orElseThrow(() ->
                        new ToolMissingException("%s is not in PATH: install it (Debian's package %s), or name it in %s"
                                .formatted(tool.word(), tool.debianPackage(), tool.variable())));
    }

    private List<Path> folders() {
        List<Path> folders = new ArrayList<>();
        for (String folder : (path + ":" + String.join(":", SYSTEM_FOLDERS)).split(":")) {
            if (folder.startsWith("/")) {
                folders.add(Path.of(folder));
            }
        }
        folders.addAll(llvmFolders());
        return folders;
    }

    /** Debian's llvm-NN packages put plain names into a folder of their own; the newest first. */
    private List<Path> llvmFolders() {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(libraries, "llvm-[0-9]*")) {
            folders.forEach(found::add);
        } catch (IOException e) {
            return List.of(); // no such folder: nothing is installed there
        }
        found.sort(Comparator.comparingInt(ToolFinder::llvmVersion).reversed());
        return found.stream().map(folder -> folder.resolve("bin")).toList();
    }

    private static int llvmVersion(Path folder) {
        String digits = folder.getFileName().toString().replaceAll("[^0-9]", "");
        return digits.length() > 6 ? 0 : Integer.parseInt(digits);
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
