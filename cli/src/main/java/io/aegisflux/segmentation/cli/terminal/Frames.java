package io.aegisflux.segmentation.cli.terminal;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text on a terminal that is drawn anew in its place. The screen is the usual one: what stood above stays, and so does the last
 * frame. The cursor is hidden until {@link #close}, or until the process is interrupted.
 */
public final class Frames implements AutoCloseable {
    private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,4}) [0-9]+");
    private static final File TERMINAL = new File("/dev/tty");
    private static final int USUAL_HEIGHT = 24;

    private static final String HIDE_CURSOR = "\u001b[?25l";
    private static final String NO_WRAP = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";
    private static final String RESTORED = WRAP + "\u001b[?25h";
    private static final String UP = "\u001b[%dA";
    private static final String TO_LINES_END = "\u001b[K\n";
    private static final String TO_SCREENS_END = "\u001b[J";

    private final Output output;
    private final Thread restoring;
    private int drawn;

    /** On the terminal that stdout is. */
    public Frames(Output output) {
        this.output = requireNonNull(output, "output is null");
        restoring = Thread.ofPlatform().unstarted(() -> write(RESTORED));
        Runtime.getRuntime().addShutdownHook(restoring);
        write(HIDE_CURSOR);
    }

    /** How many lines a frame may have; the cursor stands below it. */
    public static int height() {
        return size() - 1;
    }

    /** Draws these lines in place of those before. A line that is longer than the terminal is wide is cut there. */
    public void draw(List<String> lines) {
        StringBuilder frame = new StringBuilder(NO_WRAP);
        if (drawn > 0) {
            frame.append(UP.formatted(drawn)).append('\r');
        }
        lines.forEach(line -> frame.append(output.shown(line)).append(TO_LINES_END));
        // In one piece, so that an interruption finds no half of it.
        write(frame.append(TO_SCREENS_END).append(WRAP).toString());
        drawn = lines.size();
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(restoring);
            write(RESTORED);
        } catch (IllegalStateException e) {
            // The process ends: the hook runs.
        }
    }

    private void write(String text) {
        output.raw(text.getBytes(StandardCharsets.UTF_8));
    }

    private static int size() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(ProcessBuilder.Redirect.from(TERMINAL))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Matcher size =
                    SIZE.matcher(new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
            return stty.waitFor(1, TimeUnit.SECONDS) && size.matches() ? Integer.parseInt(size.group(1)) : USUAL_HEIGHT;
        } catch (IOException e) {
            return USUAL_HEIGHT;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return USUAL_HEIGHT;
        }
    }
}
