package io.aegisflux.segmentation.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.harness.Repository;
import io.aegisflux.segmentation.nats.ServerFloor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/doctor.md has every code, in the words of the program. UPDATE_DOCS=1 writes the table anew. */
class DoctorPageTest {
    private static final Path PAGE = Repository.root().resolve("docs/doctor.md");
    private static final String BEGIN = "<!-- table: checks -->\n";
    private static final String END = "<!-- /table -->";

    @Test
    void theTableIsTheProgramsOwn() throws Exception {
        String page = Files.readString(PAGE);
        int from = page.indexOf(BEGIN) + BEGIN.length();
        int to = page.indexOf(END);
        if ("1".equals(System.getenv("UPDATE_DOCS"))) {
            Files.writeString(PAGE, page.substring(0, from) + table() + page.substring(to));
            return;
        }

        assertThat(page.substring(from, to)).isEqualTo(table());
    }

    @Test
    void theOldestBrokerIsTheServicesOwn() {
        assertThat(BrokerChecks.FLOOR).isEqualTo(ServerFloor.VERSION);
    }

    @Test
    void codesAreDifferentAndInOrder() {
        assertThat(Check.values()).extracting(Check::code).isSorted().doesNotHaveDuplicates();
        assertThat(Check.of("af-305")).contains(Check.TABLE_FILL);
    }

    private static String table() {
        return Arrays.stream(Check.values())
                .map(check -> "| %s | %s | %s | %s |\n"
                        .formatted(check.code(), check.title(), check.meaning(), check.remedy()))
                .collect(Collectors.joining("", "| code | check | what it is | remedy |\n|---|---|---|---|\n", ""));
    }
}
