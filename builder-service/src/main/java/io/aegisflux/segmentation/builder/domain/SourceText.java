package io.aegisflux.segmentation.builder.domain;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A C source as far as it matters here: which files it pulls in. clang prints lines of a file that it was made to
 * include and assembles bytes of a file that it was made to embed, so a source may name the files beside it and libbpf's
 * headers, and no others.
 */
final class SourceText {
    private static final Pattern COMMENT_OR_LITERAL = Pattern.compile(
            "//[^\n]*+|/\\*.*?\\*/|(\"(?:[^\"\\\\\n]++|\\\\.)*+\"|'(?:[^'\\\\\n]++|\\\\.)*+')", Pattern.DOTALL);
    private static final Pattern PULLS_IN =
            Pattern.compile("(?m)^[ \t]*#[ \t]*(include|include_next|import|embed)\\b[ \t]*(.*?)[ \t]*$");
    private static final Pattern PLAIN =
            Pattern.compile("\"([A-Za-z0-9_][A-Za-z0-9_.-]*\\.h)\"|<(bpf/[A-Za-z0-9_]+\\.h)>");

    /** Directives of the assembler that read a file; the compiler sees them in a string. */
    private static final Pattern ASSEMBLER_READS = Pattern.compile("incbin|\\.include\\b");

    private static final Pattern BETWEEN_LITERALS = Pattern.compile("\"\\s*\"");

    private final String name;
    private final String code;

    /**
     * @param name of the file, for messages
     */
    SourceText(String name, String text) {
        this.name = requireNonNull(name, "name is null");
        String spliced = text.replace("\r\n", "\n").replace("\\\n", "").replace("%:", "#");
        this.code = withoutComments(spliced);
    }

    /**
     * What it includes: plain names of files beside it, and {@code bpf/…} for libbpf's headers.
     *
     * @throws BuildFailedException when it pulls in something else
     */
    List<String> includes() throws BuildFailedException {
        requireNoAssemblerFile();
        List<String> includes = new ArrayList<>();
        Matcher directive = PULLS_IN.matcher(code);
        while (directive.find()) {
            Matcher plain = PLAIN.matcher(directive.group(2));
            if (!directive.group(1).equals("include") || !plain.matches()) {
                throw refused(
                        "#" + directive.group(1) + " of something else than a file beside it or a <bpf/…> header");
            }
            includes.add(Optional.ofNullable(plain.group(1)).orElseGet(() -> plain.group(2)));
        }
        return includes;
    }

    private void requireNoAssemblerFile() throws BuildFailedException {
        String joined =
                BETWEEN_LITERALS.matcher(code.replace("##", "")).replaceAll("").replaceAll("[ \t]+", "");
        if (ASSEMBLER_READS.matcher(joined).find()) {
            throw refused("a directive that makes the assembler read a file");
        }
    }

    private BuildFailedException refused(String what) {
        return new BuildFailedException(BuildStage.COMPILE, "%s is not compiled: it has %s".formatted(name, what));
    }

    private static String withoutComments(String text) {
        return COMMENT_OR_LITERAL
                .matcher(text)
                .replaceAll(found -> found.group(1) == null ? " " : Matcher.quoteReplacement(found.group()));
    }
}
