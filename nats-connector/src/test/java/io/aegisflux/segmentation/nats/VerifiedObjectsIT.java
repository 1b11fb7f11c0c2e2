package io.aegisflux.segmentation.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aegisflux.segmentation.contracts.ObjectRef;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.harness.NatsServer;
import io.nats.client.api.ObjectMeta;
import java.io.ByteArrayInputStream;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class VerifiedObjectsIT {
    private static final String BUCKET = Streams.ARTIFACTS_BUCKET;
    private static NatsServer server;
    private static Bus bus;
    private static VerifiedObjects objects;

    @BeforeAll
    static void start() {
        server = NatsServer.start();
        bus = Bus.connect(NatsSettings.of(server.url(), "objects-test"));
        objects = new VerifiedObjects(bus);
    }

    @AfterAll
    static void stop() {
        bus.close();
        server.close();
    }

    @Test
    void givesBackWhatWasPutWithWhatStandsBesideIt() {
        byte[] content = random(300_000, 1);
        ObjectRef reference = objects.put(BUCKET, content, Map.of("manifest", "m"));
        assertThat(objects.get(BUCKET, reference)).isEqualTo(content);
        assertThat(objects.metadata(BUCKET, reference.name())).isEqualTo(Map.of("manifest", "m"));
        assertThat(objects.find(BUCKET, reference.name())).contains(reference);
        assertThat(objects.put(BUCKET, content, Map.of("manifest", "m"))).isEqualTo(reference);
    }

    @Test
    void refusesAnObjectWhoseContentIsNotWhatItsNameSays() throws Exception {
        byte[] content = random(1_000, 2);
        ObjectRef reference = objects.put(BUCKET, content, Map.of());
        byte[] forged = content.clone();
        forged[17] ^= 1;
        overwrite(reference.name(), forged);
        assertThatThrownBy(() -> objects.get(BUCKET, reference))
                .isInstanceOf(BusException.class)
                .hasMessageContaining(reference.name())
                .hasMessageContaining("5 attempts");
        objects.put(BUCKET, content, Map.of());
        assertThat(objects.get(BUCKET, reference)).isEqualTo(content);
    }

    @Test
    void stopsReadingAnObjectThatIsLargerThanPromised() throws Exception {
        ObjectRef reference = objects.put(BUCKET, random(1_000, 3), Map.of());
        overwrite(reference.name(), random(2_000_000, 4));
        assertThatThrownBy(() -> objects.get(BUCKET, reference))
                .isInstanceOf(BusException.class)
                .hasMessageContaining("larger than the 1000 bytes");
    }

    @Test
    void saysThatAnObjectIsMissing() {
        ObjectRef nowhere = new ObjectRef("0".repeat(64), 5);
        StreamCatalog.ensureBucket(bus, BUCKET);
        assertThat(objects.find(BUCKET, nowhere.name())).isEmpty();
        assertThat(objects.metadata(BUCKET, nowhere.name())).isEmpty();
        assertThatThrownBy(() -> objects.get(BUCKET, nowhere)).isInstanceOf(BusException.class);
    }

    @Test
    void tellsASoundObjectFromAForgedOneAndFromNone() throws Exception {
        byte[] content = random(1_000, 5);
        ObjectRef reference = objects.put(BUCKET, content, Map.of());
        assertThat(objects.isSound(BUCKET, reference)).isTrue();
        overwrite(reference.name(), random(1_000, 6));
        assertThat(objects.isSound(BUCKET, reference)).isFalse();
        assertThat(objects.isSound(BUCKET, new ObjectRef("1".repeat(64), 5))).isFalse();
        assertThat(objects.isSound("no_such_bucket", reference)).isFalse();
    }

    private static void overwrite(String name, byte[] content) throws Exception {
        bus.connection().objectStore(BUCKET).put(ObjectMeta.builder(name).build(), new ByteArrayInputStream(content));
    }

    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
