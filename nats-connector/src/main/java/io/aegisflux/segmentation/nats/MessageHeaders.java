package io.aegisflux.segmentation.nats;

import io.nats.client.impl.Headers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The headers of a message as a map. */
public final class MessageHeaders {
    private MessageHeaders() {}

    /**
     * The values by name, as they were written.
     *
     * @param headers null for a message without
     */
    public static Map<String, List<String>> of(Headers headers) {
        Map<String, List<String>> map = new HashMap<>();
        if (headers != null) {
            headers.forEach((name, values) -> map.put(name, List.copyOf(values)));
        }
        return map;
    }
}
