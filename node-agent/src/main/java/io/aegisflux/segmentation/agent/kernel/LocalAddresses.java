package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.stream.Collectors;

/** Tells the connect hooks which addresses are this host's own: what goes there passes no interface that is judged. */
final class LocalAddresses {
    private static final System.Logger LOG = System.getLogger(LocalAddresses.class.getName());

    private Map<ByteBuffer, Integer> written = Map.of();

    /** Writes the addresses of this network namespace as they are now. */
    void write(BpfMap map) throws BpfException {
        Map<ByteBuffer, Integer> now;
        try {
            now = addresses();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the addresses of this host cannot be listed now: {0}", e.getMessage());
            return;
        }
        if (now.equals(written)) {
            return;
        }
        MapContent.replace(map, now, (value, one) -> value.set(JAVA_INT, 0, one));
        written = now;
    }

    private static Map<ByteBuffer, Integer> addresses() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .limit(Structs.LOCALS_MAX)
                .map(LocalAddresses::key)
                .distinct()
                .collect(Collectors.toMap(key -> key, key -> 1));
    }

    private static ByteBuffer key(InetAddress address) {
        byte[] bytes = address.getAddress();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(Structs.ADDRESS);
            MemorySegment.copy(bytes, 0, key, JAVA_BYTE, 0, bytes.length);
            key.set(JAVA_INT, Structs.offset(Structs.ADDRESS, "family"), bytes.length == 4 ? 4 : 6);
            return MapContent.key(key);
        }
    }
}
