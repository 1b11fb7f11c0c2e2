package io.aegisflux.segmentation.builder.sandbox;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts an argument vector and sees it end. */
final class Launch {
    private static final Map<String, String> ENVIRONMENT = Map.of("PATH", SystemCommand.PATH, "LANG", "C");
    private static final Duration GRACE = Duration.ofSeconds(5);

    private Launch() {}

    /**
     * Runs it under {@code timeout}, which ends it even when this process is killed meanwhile.
     *
     * @param output where its output goes, errors aside; null when both are wanted as its words
     * @throws IOException when it cannot be started
     */
    static ToolResult run(String name, List<String> command, Path directory, Path output, Duration patience)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(
                List.of(SystemCommand.TIMEOUT.path(), "--signal=KILL", Long.toString(patience.toSeconds())));
        all.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(all).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(ENVIRONMENT);
        builder.redirectInput(new File("/dev/null"));
        if (output == null) {
            builder.redirectErrorStream(true);
        } else {
            builder.redirectOutput(output.toFile());
        }
        Process process = builder.start();
        try {
            return see(name, process, output, patience);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static ToolResult see(String name, Process process, Path output, Duration patience)
            throws IOException, InterruptedException {
        CompletableFuture<String> words = new CompletableFuture<>();
        Thread.ofVirtual().name("words-of-" + name).start(() -> {
            try {
                words.complete(BoundedWords.of(output == null ? process.getInputStream() : process.getErrorStream()));
            } catch (IOException e) {
                words.completeExceptionally(e);
            }
        });
        if (!process.waitFor(patience.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException("%s did not end after it was killed".formatted(name));
        }
        try {
            String text = words.get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
            return new ToolResult(name, process.exitValue(), text, patience);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the words of %s cannot be read".formatted(name), e);
        }
    }
}
