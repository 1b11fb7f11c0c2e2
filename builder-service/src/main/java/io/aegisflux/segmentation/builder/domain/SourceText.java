package io.aegisflux.segmentation.builder.domain;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A C source as far as it matters here: which files it pulls in. clang prints lines of a file that it was made to
 * include and assembles bytes of a file that it was made to embed, so a source may name the files beside it and libbpf's
 * headers, and no others. What clang might read otherwise than this class does is refused.
 */
final class SourceText {
    private static final Pattern PULLS_IN =
            Pattern.compile("(?m)^[ \t\f]*#[ \t\f]*(include|include_next|__include_macros|import|embed)\\b(.*)$");
    private static final Pattern PLAIN =
            Pattern.compile("[ \t\f]*(?:\"([A-Za-z0-9_][A-Za-z0-9_.-]*\\.h)\"|<(bpf/[A-Za-z0-9_]+\\.h)>)[ \t\f]*");

    /** A backslash before the end of the line; clang bears blanks between them. */
    private static final Pattern SPLICE = Pattern.compile("\\\\[ \t\f]*\n");

    /** The rest of these lines is no code to clang: what looks like the begin of a comment there is none. */
    private static final Pattern COMMENT_IN_DIAGNOSTIC =
            Pattern.compile("(?m)(^|#|\\*/)[ \t\f]*(error|warning)\\b.*/\\*");

    /** Directives of the assembler that read a file; the compiler sees them in a string. */
    private static final Pattern ASSEMBLER_READS = Pattern.compile("incbin|\\.include\\b");

    private static final Pattern BETWEEN_LITERALS = Pattern.compile("\"\\s*\"");

    private final String name;
    private final String text;

    /**
     * @param name of the file, for messages
     */
    SourceText(String name, String text) {
        this.name = requireNonNull(name, "name is null");
        String lines = text.replace("\r\n", "\n").replace('\r', '\n').replace("%:", "#");
        this.text = SPLICE.matcher(lines).replaceAll("");
    }

    /**
     * What it includes: plain names of files beside it, and {@code bpf/…} for libbpf's headers.
     *
     * @throws BuildFailedException when it pulls in something else
     */
    List<String> includes() throws BuildFailedException {
        if (COMMENT_IN_DIAGNOSTIC.matcher(text).find()) {
            throw refused("a comment behind #error or #warning");
        }
        String code = withoutComments();
        requireNoAssemblerFile(code);
        List<String> includes = new ArrayList<>();
        Matcher directive = PULLS_IN.matcher(code);
        while (directive.find()) {
            Matcher plain = PLAIN.matcher(directive.group(2));
            if (!directive.group(1).equals("include") || !plain.matches()) {
                throw refused(
                        "#" + directive.group(1) + " of something else than a file beside it or a <bpf/…> header");
            }
            includes.add(plain.group(1) != null ? plain.group(1) : plain.group(2));
        }
        return includes;
    }

    private String withoutComments() throws BuildFailedException {
        StringBuilder code = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int end;
            if (text.startsWith("//", at)) {
                end = endOfLine(at);
            } else if (text.startsWith("/*", at)) {
                end = endOfComment(at);
                code.append(' ');
            } else {
                end = c == '"' || c == '\'' ? endOfLiteral(at) : endOfCharacter(at);
                code.append(text, at, end);
            }
            at = end;
        }
        return code.toString();
    }

    private int endOfLine(int at) {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end;
    }

    private int endOfComment(int at) throws BuildFailedException {
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
            throw refused("a comment without an end");
        }
        return end + 2;
    }

    private int endOfLiteral(int at) throws BuildFailedException {
        char quote = text.charAt(at);
        if (at > 0 && text.charAt(at - 1) == 'R') {
            throw refused("a raw string");
        }
        for (int end = at + 1; end < text.length() && text.charAt(end) != '\n'; end++) {
            if (text.charAt(end) == quote) {
                return end + 1;
            }
            if (text.charAt(end) == '\\') {
                end++;
            }
        }
        throw refused("a literal that does not end on its line");
    }

    private int endOfCharacter(int at) throws BuildFailedException {
        char c = text.charAt(at);
        if ((c < ' ' && c != '\n' && c != '\t' && c != '\f') || c > '~') {
            throw refused("the character U+%04X in its code".formatted((int) c));
        }
        return at + 1;
    }

    private void requireNoAssemblerFile(String code) throws BuildFailedException {
        String joined =
                BETWEEN_LITERALS.matcher(code.replace("##", "")).replaceAll("").replaceAll("[ \t]+", "");
        if (ASSEMBLER_READS.matcher(joined).find()) {
            throw refused("a directive that makes the assembler read a file");
        }
    }

    private BuildFailedException refused(String what) {
        return new BuildFailedException(BuildStage.COMPILE, "%s is not compiled: it has %s".formatted(name, what));
    }
}
