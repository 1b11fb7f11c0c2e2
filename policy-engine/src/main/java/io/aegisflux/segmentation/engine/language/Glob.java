package io.aegisflux.segmentation.engine.language;

import static java.util.Objects.requireNonNull;

/** A pattern in which {@code *} stands for any number of characters and {@code ?} for one; all else is literal. */
public record Glob(String text) {
    public Glob {
        requireNonNull(text, "text is null");
    }

    /** Whether it names exactly one thing. */
    public boolean isLiteral() {
        return text.indexOf('*') < 0 && text.indexOf('?') < 0;
    }

    /** Linear in the name for each star: after a mismatch only the last star takes one character more. */
    public boolean matches(String name) {
        int at = 0;
        int in = 0;
        int star = -1;
        int resume = 0;
        while (in < name.length()) {
            if (at < text.length() && text.charAt(at) == '*') {
                star = at++;
                resume = in;
            } else if (at < text.length() && (text.charAt(at) == '?' || text.charAt(at) == name.charAt(in))) {
                at++;
                in++;
            } else if (star >= 0) {
                at = star + 1;
                in = ++resume;
            } else {
                return false;
            }
        }
        while (at < text.length() && text.charAt(at) == '*') {
            at++;
        }
        return at == text.length();
    }

    /** The regular expression, in java.util.regex, that fits the same whole names. */
    public String regex() {
        StringBuilder regex = new StringBuilder();
        text.chars().forEach(c -> {
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> {
                    if (!Character.isLetterOrDigit(c)) {
                        regex.append('\\');
                    }
                    regex.append((char) c);
                }
            }
        });
        return regex.toString();
    }
}
