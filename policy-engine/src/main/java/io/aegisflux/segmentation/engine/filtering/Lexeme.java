package io.aegisflux.segmentation.engine.filtering;

/**
 * A value as it stands in the text.
 *
 * @param position of its first character
 * @param open whether an asterisk follows it
 * @param end position behind it
 */
record Lexeme(String text, int position, boolean quoted, boolean open, int end) {
    private static final String SPACES = " \t\r\n";
    private static final String ENDS = SPACES + ",";

    static boolean isSpace(char c) {
        return SPACES.indexOf(c) >= 0;
    }

    /** Whether a text without quotes is read as an address where a name could stand too. */
    static boolean looksLikeAddress(String text) {
        return text.indexOf(':') >= 0 || text.matches("[0-9./]+");
    }

    /** The text as a word, or in quotes where it needs them. */
    static String written(String text) {
        boolean word = text.chars().noneMatch(c -> ENDS.indexOf(c) >= 0 || c == '"' || c == '*');
        return word ? text : quoted(text);
    }

    static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    static Lexeme read(String text, int at) throws FilterSyntaxException {
        return at < text.length() && text.charAt(at) == '"' ? readQuoted(text, at) : readWord(text, at);
    }

    private static Lexeme readWord(String text, int at) throws FilterSyntaxException {
        int end = at;
        while (end < text.length() && ENDS.indexOf(text.charAt(end)) < 0 && text.charAt(end) != '*') {
            if (text.charAt(end) == '"') {
                throw new FilterSyntaxException(
                        end, "a quote within a value", "put the whole value into quotes, and \\\" for a quote in it");
            }
            end++;
        }
        return closed(text, text.substring(at, end), at, false, end);
    }

    private static Lexeme readQuoted(String text, int at) throws FilterSyntaxException {
        StringBuilder value = new StringBuilder();
        for (int i = at + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                return closed(text, value.toString(), at, true, i + 1);
            }
            if (c == '\\') {
                i++;
                if (i == text.length() || text.charAt(i) != '"' && text.charAt(i) != '\\') {
                    throw new FilterSyntaxException(
                            i - 1, "a backslash that escapes nothing", "write \\\\ for a backslash, \\\" for a quote");
                }
                c = text.charAt(i);
            }
            value.append(c);
        }
        throw new FilterSyntaxException(at, "a quote that is not closed", "end the value with \"");
    }

    private static Lexeme closed(String text, String value, int at, boolean quoted, int end)
            throws FilterSyntaxException {
        boolean open = end < text.length() && text.charAt(end) == '*';
        int behind = open ? end + 1 : end;
        if (behind < text.length() && ENDS.indexOf(text.charAt(behind)) < 0) {
            throw new FilterSyntaxException(
                    behind,
                    open ? "something behind an asterisk" : "something behind a closing quote",
                    "a value ends here: go on with a comma or a space");
        }
        if (value.isEmpty() && !open) {
            throw new FilterSyntaxException(at, "a value is missing", "write one, or take the comma or the key away");
        }
        return new Lexeme(value, at, quoted, open, behind);
    }
}
