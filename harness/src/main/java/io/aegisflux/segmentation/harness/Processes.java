package io.aegisflux.segmentation.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What processes cost, as the kernel counts it. */
public final class Processes {
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;
    private static final long MILLIS_A_TICK = 10;

    private Processes() {}

    /** Resident memory now. */
    public static long residentKiB(long pid) {
        return status(pid, "VmRSS:");
    }

    /** The most resident memory that it ever had. */
    public static long mostResidentKiB(long pid) {
        return status(pid, "VmHWM:");
    }

    /** Time on all cores since its start, to ten milliseconds. */
    public static long cpuMillis(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            List<String> afterName =
                    List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
            return (Long.parseLong(afterName.get(USER_TICKS)) + Long.parseLong(afterName.get(SYSTEM_TICKS)))
                    * MILLIS_A_TICK;
        } catch (IOException e) {
            throw new UncheckedIOException("process %d is not there".formatted(pid), e);
        }
    }

    private static long status(long pid, String line) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                    .filter(it -> it.startsWith(line))
                    .mapToLong(it -> Long.parseLong(it.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException("process %d is not there".formatted(pid), e);
        }
    }
}
