package io.aegisflux.segmentation.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.BuilderApi;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.harness.Repository;
import io.aegisflux.segmentation.harness.WebSocketAccess;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the page in the browser may say: every question, and nothing that changes anything. */
class ViewerRightsTest {
    /** The verbs that change something. */
    private static final Set<String> CHANGES = Set.of(PolicyApi.REMOVE_HOST, PolicyApi.ROLLOUT_CHANGE);

    @Test
    void theViewerMayAskEveryQuestionAndSayNothingElse() throws IOException {
        String users = Files.readString(Repository.root().resolve(WebSocketAccess.USERS));
        String publish = users.substring(users.indexOf("publish: [", users.indexOf("user: viewer")));
        List<String> allowed = Pattern.compile("\"([^\"]+)\"")
                .matcher(publish)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();

        assertThat(allowed)
                .containsExactlyInAnyOrderElementsOf(Stream.of(
                                verbs(PolicyApi.SERVICE, PolicyApi.class),
                                verbs(TelemetryApi.SERVICE, TelemetryApi.class),
                                verbs(BuilderApi.SERVICE, BuilderApi.class))
                        .flatMap(each -> each)
                        .toList());
    }

    private static Stream<String> verbs(String service, Class<?> api) {
        return Arrays.stream(api.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == String.class)
                .map(ViewerRightsTest::value)
                .filter(verb -> !verb.equals(service) && !CHANGES.contains(verb))
                .map(verb -> Subjects.api(service, verb));
    }

    private static String value(Field constant) {
        try {
            return (String) constant.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
