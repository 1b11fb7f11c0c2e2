package io.aegisflux.segmentation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files with the output that is wanted. With -Dgolden.update=true a test writes them instead, to be looked at in the diff. */
public final class Golden {
    private Golden() {}

    /** Compares after masking what differs from run to run: the broker's address and version, ours, inboxes, and times of now. */
    public static void assertMatches(String name, String output) {
        Path file = Repository.root().resolve("cli/src/test/resources/golden").resolve(name);
        String masked = mask(output);
        try {
            if (Boolean.getBoolean("golden.update")) {
                Files.writeString(file, masked);
            }
            assertThat(masked).as(name).isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String mask(String output) {
        return output.replaceAll("nats://[a-z0-9.]+:[0-9]{5}", "nats://BROKER")
                .replaceAll("_INBOX\\.[A-Za-z0-9.]+", "_INBOX")
                .replaceAll("nats-server [0-9.]+", "nats-server VERSION")
                .replaceAll("\"version\" : \"[0-9.]+\"", "\"version\" : \"VERSION\"")
                .replaceAll("[0-9.]+-SNAPSHOT", "VERSION")
                .replaceAll("127\\.0\\.0\\.1:[0-9]{5} answers", "BROKER answers")
                .replaceAll("[0-9]+ ms (ahead of|behind)", "OFFSET of")
                .replaceAll("(\"clock_ahead_seconds\" : -?)36[0-9]{2}\\b", "$13600")
                .replaceAll("just now|[0-9]+ s ago", "AGE")
                .replaceAll("(\"last_(heard|report)\" : )\"[^\"]+\"", "$1\"TIME\"");
    }
}
