package io.aegisflux.segmentation.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/explain.md shows what segctl prints. UPDATE_DOCS=1 writes it anew. */
class ExplainPageTest {
    private static final Path PAGE = Repository.root().resolve("docs/explain.md");
    private static final Path GOLDEN = Repository.root().resolve("cli/src/test/resources/golden");
    private static final Pattern SHOWN =
            Pattern.compile("<!-- golden: (\\S+) -->\\n.*?<!-- /golden -->", Pattern.DOTALL);

    @Test
    void showsWhatIsPrinted() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(SHOWN.matcher(page).results()).hasSize(2);
        String expected = SHOWN.matcher(page).replaceAll(ExplainPageTest::shown);
        if ("1".equals(System.getenv("UPDATE_DOCS"))) {
            Files.writeString(PAGE, expected);
            return;
        }

        assertThat(page).isEqualTo(expected);
    }

    private static String shown(MatchResult golden) {
        try {
            return Matcher.quoteReplacement("<!-- golden: %s -->\n```\n%s```\n<!-- /golden -->"
                    .formatted(golden.group(1), Files.readString(GOLDEN.resolve(golden.group(1)))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
