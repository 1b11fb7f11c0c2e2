package io.aegisflux.segmentation.agent.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the interface of the default route in the tables of {@code /proc/net}, IPv4 before IPv6. */
final class DefaultRoute {
    private static final int UP = 1;
    private static final int REJECT = 0x200;

    private DefaultRoute() {}

    static Optional<String> interfaceName() {
        return ofIpv4(lines(Path.of("/proc/net/route"))).or(() -> ofIpv6(lines(Path.of("/proc/net/ipv6_route"))));
    }

    /** Columns: Iface Destination Gateway Flags RefCnt Use Metric Mask … with hexadecimal flags, decimal metric. */
    static Optional<String> ofIpv4(List<String> lines) {
        return lines.stream()
                .skip(1)
                .map(line -> line.trim().split("\\s+"))
                .filter(f -> f.length >= 8 && f[1].equals("00000000") && f[7].equals("00000000") && isUsable(f[3]))
                .min(Comparator.comparingLong(f -> Long.parseLong(f[6])))
                .map(f -> f[0]);
    }

    /** Columns: destination, its length, source, its length, next hop, metric, reference, use, flags, interface. */
    static Optional<String> ofIpv6(List<String> lines) {
        return lines.stream()
                .map(line -> line.trim().split("\\s+"))
                .filter(f -> f.length == 10 && f[0].matches("0{32}") && f[1].equals("00") && isUsable(f[8]))
                .filter(f -> !f[9].equals("lo"))
                .min(Comparator.comparingLong(f -> Long.parseLong(f[5], 16)))
                .map(f -> f[9]);
    }

    private static boolean isUsable(String hexFlags) {
        long flags = Long.parseLong(hexFlags, 16);
        return (flags & UP) != 0 && (flags & REJECT) == 0;
    }

    private static List<String> lines(Path table) {
        try (Stream<String> lines = Files.lines(table)) {
            return lines.toList();
        } catch (IOException e) {
            return List.of(); // a kernel without that protocol has no such file
        }
    }
}
