package io.aegisflux.segmentation.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MessagesPageTest {
    private static final Path FILE = Path.of(System.getProperty("segmentation.root"), "docs", "messages.md");
    private static final Pattern ANCHOR = Pattern.compile("\\]\\(#([^)]*)\\)");
    private static final Pattern LINK = Pattern.compile("\\]\\((\\.\\./[^)]*)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{2,3} (.*)$");

    @Test
    void theCommittedPageIsTheOneThatIsGenerated() throws IOException {
        if ("1".equals(System.getenv("UPDATE_DOCS"))) {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, MessagesPage.text());
        }

        assertThat(FILE)
                .as("its first line says how it is written anew")
                .content()
                .isEqualTo(MessagesPage.text());
    }

    @Test
    void everyLinkOfThePageLeadsSomewhere() {
        String page = MessagesPage.text();
        List<String> headings = HEADING.matcher(page)
                .results()
                .map(match -> match.group(1)
                        .toLowerCase(java.util.Locale.ROOT)
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'))
                .toList();

        assertThat(ANCHOR.matcher(page).results().map(match -> match.group(1)))
                .isNotEmpty()
                .isSubsetOf(headings);
        assertThat(headings).doesNotHaveDuplicates();
        assertThat(LINK.matcher(page)
                        .results()
                        .map(match -> FILE.resolveSibling(match.group(1)).normalize()))
                .isNotEmpty()
                .allSatisfy(file -> assertThat(file).exists());
    }
}
