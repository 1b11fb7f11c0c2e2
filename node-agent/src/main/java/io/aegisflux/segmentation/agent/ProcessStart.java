package io.aegisflux.segmentation.agent;

import java.time.Instant;

/** When this process began. */
final class ProcessStart {
    private ProcessStart() {}

    /** Milliseconds since the epoch, exact to the kernel's clock tick of 10 ms. */
    static long millis() {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(Instant::toEpochMilli)
                .orElseGet(System::currentTimeMillis);
    }
}
