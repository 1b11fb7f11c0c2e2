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
    private static final Redirects NOTHING = new Redirects(null);

    /** Where the output goes, null for the words. */
    record Redirects(Path output) {}

    private Launch() {}

    static ToolResult run(String name, List<String> command, Path directory, Duration patience)
            throws IOException, InterruptedException {
        return run(name, command, directory, NOTHING, patience);
    }

    /**
     * Runs it under {@code timeout}, which ends it even when this process is killed meanwhile.
     *
     * @throws IOException when it cannot be started
     */
    static ToolResult run(String name, List<String> command, Path directory, Redirects redirects, Duration patience)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(
                List.of(SystemCommand.TIMEOUT.path(), "--signal=KILL", Long.toString(patience.toSeconds())));
        all.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(all).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(ENVIRONMENT);
        builder.redirectInput(new File("/dev/null"));
        if (redirects.output() == null) {
            builder.redirectErrorStream(true);
        } else {
            builder.redirectOutput(redirects.output().toFile());
        }
        Process process = builder.start();
        try {
            return see(name, process, redirects, patience);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static ToolResult see(String name, Process process, Redirects redirects, Duration patience)
            throws IOException, InterruptedException {
        CompletableFuture<String> words = new CompletableFuture<>();
        Thread.ofVirtual().name("words-of-" + name).start(() -> {
            try {
                words.complete(BoundedWords.of(
                        redirects.output() == null ? process.getInputStream() : process.getErrorStream()));
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
