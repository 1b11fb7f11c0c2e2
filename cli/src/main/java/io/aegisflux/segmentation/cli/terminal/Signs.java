package io.aegisflux.segmentation.cli.terminal;

import java.util.Map;

/** The signs beyond ASCII that we write ourselves, and what stands for them where a terminal has only ASCII. */
final class Signs {
    private static final Map<Character, String> ASCII =
            Map.of('✔', "+", '✖', "x", '◐', "~", '→', "->", '×', "x", '–', "-", '…', "...", '─', "-", '▶', ">");

    private Signs() {}

    /** The text without our signs; what others wrote into it stays as it is. */
    static String inAscii(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (char sign : text.toCharArray()) {
            plain.append(ASCII.getOrDefault(sign, String.valueOf(sign)));
        }
        return plain.toString();
    }
}
