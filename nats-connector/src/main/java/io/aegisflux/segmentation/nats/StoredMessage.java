package io.aegisflux.segmentation.nats;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A message as a stream holds it.
 *
 * @param time when the stream stored it
 */
@SuppressWarnings("ArrayRecordComponent")
public record StoredMessage(
        String subject, long sequence, Instant time, Map<String, List<String>> headers, byte[] data) {
    public StoredMessage {
        headers = Map.copyOf(headers);
    }
}
