package io.aegisflux.segmentation.engine.filtering;

import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.Protocols;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a text as terms. For one text. */
final class FilterParser {
    private static final Pattern PORTS = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,17}");
    private static final int SHOWN = 40;

    private final String text;
    private int at;

    FilterParser(String text) {
        this.text = text;
    }

    List<FilterTerm> terms() throws FilterSyntaxException {
        if (text.length() > FlowFilter.MAX_LENGTH) {
            throw new FilterSyntaxException(
                    FlowFilter.MAX_LENGTH,
                    "the filter has more than %d characters".formatted(FlowFilter.MAX_LENGTH),
                    "write fewer or shorter values");
        }
        List<FilterTerm> terms = new ArrayList<>();
        skipSpace();
        while (at < text.length()) {
            terms.add(term());
            skipSpace();
        }
        return terms;
    }

    private void skipSpace() {
        while (at < text.length() && Lexeme.isSpace(text.charAt(at))) {
            at++;
        }
    }

    private FilterTerm term() throws FilterSyntaxException {
        boolean negated = text.charAt(at) == '!';
        if (negated) {
            at++;
        }
        int start = at;
        while (at < text.length() && (text.charAt(at) >= 'a' && text.charAt(at) <= 'z' || text.charAt(at) == '.')) {
            at++;
        }
        if (at == text.length() || text.charAt(at) != ':' || at == start) {
            throw new FilterSyntaxException(
                    start,
                    "%s is no key with a colon and a value".formatted(shown(wordAt(start))),
                    "write key:value, such as any:web, to.port:443 or verdict:dropped");
        }
        String word = text.substring(start, at);
        at++;
        FilterTerm.Side side = FilterTerm.Side.EITHER;
        String name = word;
        if (word.startsWith("from.")) {
            side = FilterTerm.Side.FROM;
            name = word.substring("from.".length());
        } else if (word.startsWith("to.")) {
            side = FilterTerm.Side.TO;
            name = word.substring("to.".length());
        }
        Optional<FilterKey> key = FilterKey.of(name);
        if (key.isEmpty()) {
            throw new FilterSyntaxException(
                    start, "no key is called %s".formatted(shown(name)), "the keys are " + FilterKey.words());
        }
        if (side != FilterTerm.Side.EITHER && !key.get().isSided()) {
            throw new FilterSyntaxException(
                    start, "%s has no sides".formatted(name), "write %s: without from. or to.".formatted(name));
        }
        return new FilterTerm(negated, side, key.get(), values(key.get()));
    }

    private List<FilterValue> values(FilterKey key) throws FilterSyntaxException {
        List<FilterValue> values = new ArrayList<>();
        while (true) {
            Lexeme lexeme = Lexeme.read(text, at);
            at = lexeme.end();
            values.add(value(key, lexeme));
            if (at == text.length() || text.charAt(at) != ',') {
                return values;
            }
            at++;
        }
    }

    private static FilterValue value(FilterKey key, Lexeme lexeme) throws FilterSyntaxException {
        return switch (key) {
            case FROM, TO, ANY -> end(lexeme);
            case HOST -> text(lexeme, "[a-z0-9-]*", "a host's id has a-z, 0-9 and -");
            case WORKLOAD, RULE -> text(lexeme, "(?s).*", "");
            case IP -> network(lexeme);
            case LABEL -> label(lexeme);
            case PORT -> ports(lexeme);
            case PROTOCOL -> protocol(lexeme);
            case VERDICT -> word(lexeme, Verdict.values(), Verdict::wireName);
            case REASON -> word(lexeme, Reason.values(), Reason::wireName);
            case POLICY -> policy(lexeme);
            case DIRECTION -> word(lexeme, new String[] {"ingress", "egress"}, Function.identity());
        };
    }

    private static FilterValue end(Lexeme lexeme) throws FilterSyntaxException {
        if (!lexeme.quoted() && lexeme.text().indexOf('=') >= 0) {
            return label(lexeme);
        }
        if (!lexeme.quoted() && Lexeme.looksLikeAddress(lexeme.text())) {
            return network(lexeme);
        }
        return new FilterValue.Name(text(lexeme, "(?s).*", ""));
    }

    private static FilterValue.Text text(Lexeme lexeme, String form, String remedy) throws FilterSyntaxException {
        if (!lexeme.text().matches(form)) {
            throw refused(lexeme, "%s can never match", remedy);
        }
        return new FilterValue.Text(lexeme.text(), lexeme.open());
    }

    private static FilterValue network(Lexeme lexeme) throws FilterSyntaxException {
        requireWhole(lexeme, "write a network instead, such as 10.0.0.0/8");
        try {
            return new FilterValue.Network(Prefix.parse(lexeme.text()));
        } catch (IllegalArgumentException e) {
            throw new FilterSyntaxException(
                    lexeme.position(),
                    e.getMessage(),
                    "write an address or a network without host bits, such as 10.0.0.0/8; a name of digits or with a colon"
                            + " goes into quotes");
        }
    }

    private static FilterValue label(Lexeme lexeme) throws FilterSyntaxException {
        int equals = lexeme.text().indexOf('=');
        String key = equals < 0 ? lexeme.text() : lexeme.text().substring(0, equals);
        if (key.isEmpty()) {
            throw refused(lexeme, "%s names no label", "write label:app for any value, label:app=db for one");
        }
        if (equals < 0) {
            requireWhole(lexeme, "the key of a label is written out; its value may end with *");
            return new FilterValue.Label(key, null);
        }
        return new FilterValue.Label(key, new FilterValue.Text(lexeme.text().substring(equals + 1), lexeme.open()));
    }

    private static FilterValue ports(Lexeme lexeme) throws FilterSyntaxException {
        requireWhole(lexeme, "write a range instead, such as 8000-8999");
        Matcher range = PORTS.matcher(lexeme.text());
        if (range.matches()) {
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            if (first >= 1 && first <= last && last <= 0xFFFF) {
                return new FilterValue.Ports(first, last);
            }
        }
        throw refused(lexeme, "%s is no port", "write a number from 1 to 65535, or a range such as 8000-8999");
    }

    private static FilterValue protocol(Lexeme lexeme) throws FilterSyntaxException {
        requireWhole(lexeme, "write its name or number");
        if (Protocols.number(lexeme.text()).isEmpty()) {
            throw refused(
                    lexeme, "no protocol is called %s", "tcp, udp, icmp, icmpv6, sctp, or a number from 0 to 255");
        }
        return new FilterValue.Text(
                Protocols.name(Protocols.number(lexeme.text()).getAsInt()), false);
    }

    private static FilterValue policy(Lexeme lexeme) throws FilterSyntaxException {
        String remedy = "write the policy's id, with @3 for its third version: web-db, web-db@3 or web*";
        int version = lexeme.text().indexOf('@');
        String id = version < 0 ? lexeme.text() : lexeme.text().substring(0, version);
        boolean sound = id.matches("[A-Za-z0-9_-]*")
                && (version < 0
                        || !lexeme.open()
                                && VERSION.matcher(lexeme.text().substring(version + 1))
                                        .matches());
        if (!sound || id.isEmpty() && !lexeme.open()) {
            throw refused(lexeme, "%s is no policy", remedy);
        }
        return new FilterValue.PolicyVersion(
                new FilterValue.Text(id, lexeme.open()),
                version < 0 ? null : Long.valueOf(lexeme.text().substring(version + 1)));
    }

    private static <T> FilterValue word(Lexeme lexeme, T[] words, Function<T, String> written)
            throws FilterSyntaxException {
        requireWhole(lexeme, "write the whole word");
        List<String> known = Arrays.stream(words).map(written).toList();
        if (!known.contains(lexeme.text())) {
            throw refused(lexeme, "%s is none of them", "one of " + String.join(", ", known));
        }
        return new FilterValue.Text(lexeme.text(), false);
    }

    private static void requireWhole(Lexeme lexeme, String remedy) throws FilterSyntaxException {
        if (lexeme.open()) {
            throw new FilterSyntaxException(lexeme.end() - 1, "an asterisk means nothing here", remedy);
        }
    }

    private static FilterSyntaxException refused(Lexeme lexeme, String message, String remedy) {
        return new FilterSyntaxException(lexeme.position(), message.formatted(shown(lexeme.text())), remedy);
    }

    private String wordAt(int start) {
        int end = start;
        while (end < text.length() && !Lexeme.isSpace(text.charAt(end))) {
            end++;
        }
        return text.substring(start, end);
    }

    private static String shown(String word) {
        return '"' + (word.length() > SHOWN ? word.substring(0, SHOWN) + "…" : word) + '"';
    }
}
