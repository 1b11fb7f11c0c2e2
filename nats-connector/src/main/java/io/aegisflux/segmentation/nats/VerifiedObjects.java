package io.aegisflux.segmentation.nats;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.ObjectRef;
import io.nats.client.JetStreamApiException;
import io.nats.client.ObjectStore;
import io.nats.client.api.ObjectInfo;
import io.nats.client.api.ObjectMeta;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Objects named by their SHA-256. What comes out of here has the size and digest that was asked for; the broker's store
 * alone does not promise that, it may hand out half an object before it notices (RELIABILITY.md §0.4).
 */
public final class VerifiedObjects {
    private static final int ATTEMPTS = 5;
    private static final int OBJECT_NOT_FOUND = 404;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Bus bus;

    public VerifiedObjects(Bus bus) {
        this.bus = requireNonNull(bus, "bus is null");
    }

    /**
     * Stores the content under its digest, unless it is there and sound already, and reads it back.
     *
     * @param metadata kept beside the object; unsigned, so never an authority
     * @throws BusException when it cannot be stored or does not read back
     */
    public ObjectRef put(String bucket, byte[] content, Map<String, String> metadata) {
        ObjectRef reference = new ObjectRef(Digests.sha256Hex(content), content.length);
        StreamCatalog.ensureBucket(bus, bucket);
        if (isSound(bucket, reference) && metadata(bucket, reference.name()).equals(metadata)) {
            return reference;
        }
        ObjectMeta meta =
                ObjectMeta.builder(reference.name()).metadata(metadata).build();
        try {
            store(bucket).put(meta, new ByteArrayInputStream(content));
        } catch (IOException | JetStreamApiException | NoSuchAlgorithmException e) {
            throw new BusException("cannot store %s in %s: %s".formatted(reference.name(), bucket, e.getMessage()), e);
        }
        get(bucket, reference);
        return reference;
    }

    /**
     * The content, whole and verified.
     *
     * @throws BusException when five attempts found none that has the size and digest
     */
    public byte[] get(String bucket, ObjectRef reference) {
        Exception last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                pauseBefore(attempt);
                return read(bucket, reference);
            } catch (IOException | JetStreamApiException | NoSuchAlgorithmException | RuntimeException e) {
                last = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BusException("interrupted while reading " + reference.name(), e);
            }
        }
        throw new BusException(
                "object %s of %s is missing or damaged after %d attempts: %s"
                        .formatted(reference.name(), bucket, ATTEMPTS, last.getMessage()),
                last);
    }

    /** The object's size as the bucket tells it, unproven; empty when there is none of that name. */
    public Optional<ObjectRef> find(String bucket, String name) {
        return info(bucket, name).map(info -> new ObjectRef(name, info.getSize()));
    }

    /** What was stored beside the object, empty when there is nothing or no object. */
    public Map<String, String> metadata(String bucket, String name) {
        return info(bucket, name)
                .map(ObjectInfo::getObjectMeta)
                .map(ObjectMeta::getMetadata)
                .map(Map::copyOf)
                .orElse(Map.of());
    }

    /**
     * Whether the object is there with the size and digest, by one attempt: for who can make it anew and need not insist.
     *
     * @throws BusException when interrupted, or when the object cannot be looked up
     */
    public boolean isSound(String bucket, ObjectRef reference) {
        if (info(bucket, reference.name()).isEmpty()) {
            return false;
        }
        try {
            read(bucket, reference);
            return true;
        } catch (IOException | JetStreamApiException | NoSuchAlgorithmException | RuntimeException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BusException("interrupted while reading " + reference.name(), e);
        }
    }

    private byte[] read(String bucket, ObjectRef reference)
            throws IOException, JetStreamApiException, InterruptedException, NoSuchAlgorithmException {
        Capped content = new Capped(reference.size());
        store(bucket).get(reference.name(), content);
        byte[] bytes = content.bytes();
        if (bytes.length != reference.size() || !Digests.sha256Hex(bytes).equals(reference.name())) {
            throw new IOException(
                    "%d bytes came that do not have the digest, wanted %d".formatted(bytes.length, reference.size()));
        }
        return bytes;
    }

    private Optional<ObjectInfo> info(String bucket, String name) {
        try {
            return Optional.ofNullable(store(bucket).getInfo(name));
        } catch (JetStreamApiException e) {
            if (e.getErrorCode() == OBJECT_NOT_FOUND) {
                return Optional.empty();
            }
            throw new BusException("cannot look up %s in %s: %s".formatted(name, bucket, e.getMessage()), e);
        } catch (IOException e) {
            throw new BusException("cannot look up %s in %s: %s".formatted(name, bucket, e.getMessage()), e);
        }
    }

    private ObjectStore store(String bucket) throws IOException {
        return bus.connection().objectStore(bucket);
    }

    private static void pauseBefore(int attempt) throws InterruptedException {
        if (attempt > 0) {
            Thread.sleep(PAUSE.multipliedBy(1L << (attempt - 1)));
        }
    }

    /** Refuses more bytes than were promised, so that a hostile object cannot fill the memory. */
    private static final class Capped extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final long limit;

        Capped(long limit) {
            this.limit = limit;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            if (bytes.size() + (long) length > limit) {
                throw new IOException("the object is larger than the %d bytes it should have".formatted(limit));
            }
            bytes.write(from, offset, length);
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }
    }
}
