package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.agent.kernel.SocketTable.Connection;
import io.aegisflux.segmentation.contracts.Addresses;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Lines as a little-endian kernel writes them. */
@DisabledIf("isBigEndian")
class SocketTableTest {
    private static final String HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n";

    @TempDir
    private Path directory;

    @BeforeEach
    void noOtherSockets() throws IOException {
        write("tcp", "");
    }

    @Test
    void aConnectionToAListeningPortWasOpenedByTheOtherSide() throws IOException {
        write("tcp", """
                   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
                   1: 013CC6C6:1F90 023CC6C6:9C40 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1
                   2: 013CC6C6:9C41 023CC6C6:01BB 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 20 4 30 10 -1
                """);
        List<Connection> connections = SocketTable.read(directory);
        assertThat(connections).extracting(Connection::isOpenedHere).containsExactly(false, true);
        FlowTuple first = connections.getFirst().outgoing();
        assertThat(Addresses.format(first.source())).isEqualTo("198.198.60.1");
        assertThat(first.sourcePort()).isEqualTo(8080);
        assertThat(Addresses.format(first.dest())).isEqualTo("198.198.60.2");
        assertThat(first.destPort()).isEqualTo(40_000);
        assertThat(first.protocol()).isEqualTo(6);
    }

    @Test
    void anIpv4ConnectionOfASocketForBothVersionsIsOneOfIpv4() throws IOException {
        write("tcp6", """
                   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 1
                   1: 0000000000000000FFFF0000013CC6C6:1F90 0000000000000000FFFF0000023CC6C6:9C40 01 0:0 0:0 0 0 0 2
                   2: 000077FD000060000000000001000000:1F90 000077FD000060000000000002000000:9C40 08 0:0 0:0 0 0 0 3
                """);
        List<Connection> connections = SocketTable.read(directory);
        assertThat(connections).extracting(Connection::isOpenedHere).containsExactly(false, false);
        assertThat(connections.get(0).outgoing().source()).hasSize(4);
        assertThat(Addresses.format(connections.get(1).outgoing().source())).isEqualTo("fd77:0:60::1");
        assertThat(connections).extracting(Connection::state).containsExactly(FlowState.ESTABLISHED, FlowState.CLOSING);
    }

    @Test
    void aConnectedUdpSocketIsAFlow() throws IOException {
        write("udp", """
                   0: 013CC6C6:9C40 023CC6C6:0035 01 00000000:00000000 00:00000000 00000000     0        0 1 2 0 0
                   1: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 2 2 0 0
                """);
        assertThat(SocketTable.read(directory)).singleElement().satisfies(connection -> {
            assertThat(connection.isOpenedHere()).isTrue();
            assertThat(connection.outgoing().protocol()).isEqualTo(17);
        });
    }

    @Test
    void handshakesAndWhatIsOverAndConnectionsWithOneselfAreLeftOut() throws IOException {
        write("tcp", """
                   0: 013CC6C6:9C40 023CC6C6:01BB 02 0:0 0:0 0 0 0 1
                   1: 013CC6C6:9C41 023CC6C6:01BB 06 0:0 0:0 0 0 0 2
                   2: 0100007F:9C42 0100007F:01BB 01 0:0 0:0 0 0 0 3
                """);
        assertThat(SocketTable.read(directory)).isEmpty();
    }

    private void write(String name, String lines) throws IOException {
        Files.writeString(directory.resolve(name), HEAD + lines);
    }

    static boolean isBigEndian() {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;
    }
}
