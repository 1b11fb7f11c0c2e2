package io.aegisflux.segmentation.cli.terminal;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.aegisflux.segmentation.cli.yaml.Yaml;
import io.aegisflux.segmentation.contracts.Wire;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Where a command writes: data to stdout, notices and complaints to stderr. */
public final class Output {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    private static final DateTimeFormatter DATE_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");

    private final Stdio stdio;
    private final Settings settings;

    /**
     * @param format tables, or values for programs
     * @param ascii no signs beyond ASCII, but for what others wrote
     * @param quiet no notices
     * @param verbose stack traces and what goes on
     * @param utc times in UTC instead of the zone of this machine
     */
    public record Settings(Format format, ColorWhen color, boolean ascii, boolean quiet, boolean verbose, boolean utc) {
        public Settings {
            requireNonNull(format, "format is null");
            requireNonNull(color, "color is null");
        }
    }

    public Output(Stdio stdio, Settings settings) {
        this.stdio = requireNonNull(stdio, "stdio is null");
        this.settings = requireNonNull(settings, "settings is null");
    }

    /** Whether values are wanted in place of tables: as JSON, or the same as YAML. */
    public boolean isJson() {
        return settings.format() != Format.TABLE;
    }

    public boolean isVerbose() {
        return settings.verbose();
    }

    /** One line of data. */
    public void line(String text) {
        stdio.out().println(shown(text));
    }

    /** Data as it is, without a line's end. */
    public void raw(byte[] bytes) {
        stdio.out().write(bytes, 0, bytes.length);
        stdio.out().flush();
    }

    /** Takes the last lines of a terminal away, so that they are written anew. */
    public void eraseLines(int lines) {
        stdio.out().print("\u001b[%dA\u001b[J".formatted(lines));
    }

    public void table(Table table) {
        table.lines(outColors()).forEach(this::line);
    }

    /** The answer of a command that gives one: a JSON value over several lines, or a YAML document. */
    public void json(Object value) {
        if (settings.format() == Format.YAML) {
            raw(yaml(value));
            return;
        }
        try {
            stdio.out().println(Wire.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One of many: a JSON object on a line of its own, or a YAML document behind its mark. */
    public void jsonLine(Object value) {
        if (settings.format() == Format.YAML) {
            line("---");
            raw(yaml(value));
            return;
        }
        raw(Wire.write(value));
        line("");
    }

    /** Something to know that is no data; not shown with {@code -q}. */
    public void notice(String text) {
        if (!settings.quiet()) {
            stdio.err().println(shown(text));
        }
    }

    /** What goes on just now, in place of what went on before: for people, on a terminal alone. */
    public void progress(String text) {
        if (stdio.errIsTerminal() && !settings.quiet()) {
            stdio.err().print("\r\u001b[K" + shown(text));
            stdio.err().flush();
        }
    }

    /** What goes on inside; shown with {@code -v}. */
    public void detail(String text) {
        if (settings.verbose()) {
            stdio.err().println(Tone.FAINT.paint(text, errColors()));
        }
    }

    /** What went wrong; always shown. */
    public void complaint(String text) {
        stdio.err().println(shown(text));
    }

    /** Where stack traces go. */
    public PrintStream errors() {
        return stdio.err();
    }

    /** Whether nobody reads stdout any more, as after {@code | head}. */
    public boolean isGone() {
        return stdio.out().checkError();
    }

    public boolean outColors() {
        return settings.color().holds(stdio.outIsTerminal(), stdio.environment());
    }

    public boolean errColors() {
        return settings.color().holds(stdio.errIsTerminal(), stdio.environment());
    }

    public Instant now() {
        return stdio.clock().instant();
    }

    /** The time of day with milliseconds; with the date when it is not of today. */
    public String time(Instant instant) {
        ZoneId zone = settings.utc() ? ZoneOffset.UTC : stdio.clock().getZone();
        boolean today =
                instant.atZone(zone).toLocalDate().equals(now().atZone(zone).toLocalDate());
        return (today ? TIME : DATE_TIME).format(instant.atZone(zone));
    }

    private static byte[] yaml(Object value) {
        return Yaml.write(Wire.mapper().valueToTree(value)).getBytes(StandardCharsets.UTF_8);
    }

    String shown(String text) {
        return settings.ascii() ? Signs.inAscii(text) : text;
    }
}
