package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Wire;
import io.nats.client.Message;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A message as JSON.
 *
 * @param headers null where there are none or they were not asked for
 * @param data the body where it is JSON, else null
 * @param text the body where it is UTF-8 but no JSON, else null
 * @param base64 the body where it is neither, else null
 */
@SuppressWarnings("ArrayRecordComponent")
record MessageView(String subject, Map<String, List<String>> headers, JsonNode data, String text, byte[] base64) {

    static MessageView of(Message message, boolean withHeaders) {
        byte[] body = message.getData();
        Map<String, List<String>> headers = null;
        if (withHeaders && message.hasHeaders()) {
            headers = new TreeMap<>();
            message.getHeaders().forEach(headers::put);
        }
        Optional<String> text = text(body);
        JsonNode json = text.isEmpty() || body.length == 0 ? null : json(body);
        return new MessageView(
                message.getSubject(),
                headers,
                json,
                json == null ? text.orElse(null) : null,
                text.isEmpty() ? body : null);
    }

    /** One line: subject and body; headers, where they were asked for, on lines of their own before it. */
    void print(Output output) {
        if (headers != null) {
            headers.forEach((name, values) ->
                    values.forEach(value -> output.line(Printable.of("  %s: %s".formatted(name, value)))));
        }
        String body = base64 != null ? "(%d bytes, not text)".formatted(base64.length) : bodyText();
        output.line((Printable.of(subject) + "  " + Printable.of(body)).stripTrailing());
    }

    private String bodyText() {
        return data != null ? data.toString() : text;
    }

    private static Optional<String> text(byte[] body) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static JsonNode json(byte[] body) {
        try {
            return Wire.read(body, JsonNode.class);
        } catch (MalformedMessageException e) {
            return null;
        }
    }
}
