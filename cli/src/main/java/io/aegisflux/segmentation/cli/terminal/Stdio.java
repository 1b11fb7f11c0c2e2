package io.aegisflux.segmentation.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;

/**
 * What a run is given by its process.
 *
 * @param out data, UTF-8
 * @param err everything else, UTF-8
 * @param outIsTerminal whether a person looks at stdout
 * @param errIsTerminal whether a person looks at stderr
 * @param clock tells the time and the zone in which times are shown
 */
public record Stdio(
        InputStream in,
        PrintStream out,
        PrintStream err,
        boolean outIsTerminal,
        boolean errIsTerminal,
        Map<String, String> environment,
        Clock clock) {

    private static final String TERMINALS = "segctl.terminals";

    public Stdio {
        environment = Map.copyOf(environment);
    }

    /**
     * Of this process. Always UTF-8: JSON is, and the glyphs must survive {@code LANG=C}. The launcher says in the system
     * property segctl.terminals which of the two are terminals (the shell knows it for nothing); without it, colours are
     * off unless asked for.
     */
    public static Stdio ofProcess() {
        String terminals = System.getProperty(TERMINALS, "");
        return new Stdio(
                System.in,
                utf8(FileDescriptor.out),
                utf8(FileDescriptor.err),
                terminals.contains("out"),
                terminals.contains("err"),
                System.getenv(),
                Clock.systemDefaultZone());
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
