package io.aegisflux.segmentation.engine.evaluation;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Large tables of the hard kind, in the manner of ClassBench's access lists (Taylor and Turner, INFOCOM 2005): overlapping
 * prefixes, any source or destination, port ranges. And flows, half of which some rule was made for.
 */
final class AccessList {
    private static final int[] LENGTHS = {8, 16, 24, 24, 24, 28, 32, 32, 32};
    private static final int[] PORTS = {22, 53, 80, 443, 5432, 8080};

    private final Random random;
    private final int ipVersion;
    private final RuleTable table;

    /** @param ipVersion 4 or 6, of all rules and flows */
    AccessList(int rules, int ipVersion, long seed) {
        this.random = new Random(seed);
        this.ipVersion = ipVersion;
        PolicyRef policy = new PolicyRef(new PolicyId("acl"), 1, "network", 1, Mode.ENFORCE, "0".repeat(64));
        this.table = new RuleTable(
                List.of(policy), IntStream.range(0, rules).mapToObj(this::rule).toList(), Action.ALLOW);
    }

    RuleTable table() {
        return table;
    }

    PacketTuple flow() {
        if (table.rules().isEmpty() || random.nextBoolean()) {
            return flow(null, null, random.nextInt(3) > 0 ? 6 : 17, port());
        }
        TableRule rule = table.rules().get(random.nextInt(table.rules().size()));
        NumberRange ports = rule.destPorts().getFirst();
        return flow(
                rule.sources(),
                rule.destinations(),
                rule.protocols().getFirst().low(),
                random.nextBoolean() ? ports.low() : ports.high());
    }

    private PacketTuple flow(List<Prefix> sources, List<Prefix> destinations, int protocol, int port) {
        return new PacketTuple(
                Direction.INGRESS,
                addressIn(sources),
                addressIn(destinations),
                protocol,
                1024 + random.nextInt(60_000),
                port,
                null,
                null,
                "eth0");
    }

    private TableRule rule(int index) {
        return new TableRule(
                0,
                "r" + index,
                index,
                new Action[] {Action.ALLOW, Action.DENY, Action.DENY, Action.ALLOW, Action.LOG}[random.nextInt(5)],
                random.nextInt(20) == 0,
                Direction.INGRESS,
                ipVersion,
                List.of(one(random.nextInt(3) > 0 ? 6 : 17)),
                random.nextInt(4) == 0 ? null : List.of(prefix()),
                random.nextInt(8) == 0 ? null : List.of(prefix()),
                random.nextInt(5) == 0 ? List.of(new NumberRange(1024, 65_535)) : null,
                List.of(random.nextInt(3) == 0 ? range() : one(port())),
                null,
                null,
                null,
                0,
                null);
    }

    private Prefix prefix() {
        int length = LENGTHS[random.nextInt(LENGTHS.length)] * (ipVersion == 4 ? 1 : 4);
        return masked(address(), length);
    }

    private static Prefix masked(byte[] address, int length) {
        for (int i = 0; i < address.length; i++) {
            address[i] &= (byte) (0xFF00 >> Math.clamp(length - 8L * i, 0, 8));
        }
        return Prefix.of(address, length);
    }

    /** An address of the site: of 10.0.0.0/8, or of one of 4096 networks of fd00::/32. */
    private byte[] address() {
        if (ipVersion == 4) {
            return ByteBuffer.allocate(4)
                    .putInt(10 << 24 | random.nextInt(1 << 24))
                    .array();
        }
        return ByteBuffer.allocate(16)
                .putLong(0xFD00_0000_0000_0000L | random.nextInt(1 << 12))
                .putLong(random.nextLong())
                .array();
    }

    private String addressIn(List<Prefix> prefixes) {
        byte[] address = address();
        if (prefixes != null) {
            byte[] network = prefixes.getFirst().address();
            byte[] host = masked(address.clone(), prefixes.getFirst().length()).address();
            for (int i = 0; i < address.length; i++) {
                address[i] = (byte) (network[i] | address[i] ^ host[i]);
            }
        }
        return Addresses.format(address);
    }

    private int port() {
        return random.nextInt(2) == 0 ? PORTS[random.nextInt(PORTS.length)] : random.nextInt(65_536);
    }

    private NumberRange range() {
        int low = random.nextInt(60_000);
        return new NumberRange(low, low + random.nextInt(5_000));
    }

    private static NumberRange one(int number) {
        return new NumberRange(number, number);
    }
}
