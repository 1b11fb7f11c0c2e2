package io.aegisflux.segmentation.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.AsyncApi.Channel;
import io.aegisflux.segmentation.contracts.AsyncApi.Example;
import io.aegisflux.segmentation.contracts.AsyncApi.Message;
import io.aegisflux.segmentation.contracts.AsyncApi.Operation;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** docs/messages.md: the AsyncAPI document and the examples for people. */
final class MessagesPage {
    private static final String SOURCES = "../contracts/src/main/resources/io/aegisflux/segmentation/contracts/";

    private final AsyncApi api = AsyncApi.read();
    private final StringBuilder page = new StringBuilder();
    private final Set<String> shown = new HashSet<>();

    private MessagesPage() {}

    static String text() {
        MessagesPage page = new MessagesPage();
        page.head();
        page.table();
        page.api.channels().stream().filter(it -> it.address() != null).forEach(page::channel);
        page.answers();
        page.inside();
        return page.page.toString();
    }

    private void head() {
        line(
                "<!-- Generated from contracts/…/asyncapi.yaml and the examples. After a change there: UPDATE_DOCS=1 ./mvnw -pl"
                        + " contracts test -Dtest=MessagesPageTest -->");
        line("# Messages");
        line("");
        line(api.root().at("/info/description").asText().strip());
        line("");
        line("The same, for machines: [asyncapi.yaml](%sasyncapi.yaml).".formatted(SOURCES));
        line("");
        line("| who | |");
        line("|---|---|");
        for (JsonNode role : api.root().at("/info/tags")) {
            line("| %s | %s |"
                    .formatted(
                            role.get("name").asText(), role.get("description").asText()));
        }
    }

    private void table() {
        line("");
        line("## Subjects");
        line("");
        line("| subject | what | published by | read by | kept |");
        line("|---|---|---|---|---|");
        for (Channel channel : api.channels()) {
            if (channel.address() != null) {
                line("| [`%s`](#%s) | %s | %s | %s | %s |"
                        .formatted(
                                subject(channel),
                                anchor(subject(channel)),
                                channel.title(),
                                roles(channel, true),
                                roles(channel, false),
                                channel.kept()));
            }
        }
    }

    private void channel(Channel channel) {
        line("");
        line("## `%s`".formatted(subject(channel)));
        line("");
        line(channel.description());
        line("");
        operations(channel)
                .forEach(it -> line("- **%s** %s: %s"
                        .formatted(it.roles().getFirst(), it.sends() ? "publishes" : "reads", it.summary())));
        line("- kept: %s%s"
                .formatted(
                        channel.kept(), channel.stream() == null ? "" : " (stream `%s`)".formatted(channel.stream())));
        answers(channel);
        channel.messages().forEach(this::message);
    }

    private void answers(Channel channel) {
        List<Message> answers = operations(channel).stream()
                .flatMap(it -> it.answers().stream())
                .distinct()
                .toList();
        if (!answers.isEmpty()) {
            line("- answered with " + answers.stream().map(MessagesPage::link).collect(Collectors.joining(" or ")));
        }
    }

    private void answers() {
        Channel inbox = api.channels().stream()
                .filter(it -> it.address() == null)
                .findFirst()
                .orElseThrow();
        line("");
        line("## Answers");
        line("");
        line(inbox.description());
        inbox.messages().forEach(this::message);
    }

    private void inside() {
        line("");
        line("## What envelopes and objects hold");
        api.messages().stream().filter(it -> it.inside() != null).forEach(this::message);
    }

    /** In full where it comes first, else by a link. */
    private void message(Message message) {
        line("");
        if (!shown.add(message.key())) {
            line("Carries: %s.".formatted(link(message)));
            return;
        }
        line("### " + message.title());
        line("");
        line(message.summary());
        if (message.inside() != null) {
            line("It is %s.".formatted(message.inside()));
        }
        String schema = message.schema() == null ? message.headers() : message.schema();
        if (schema != null) {
            line("Schema: [%s](%s%s).".formatted(schema.substring(schema.indexOf('/') + 1), SOURCES, schema));
        }
        message.examples().forEach(this::example);
    }

    private void example(Example example) {
        line("");
        if (example.summary() != null) {
            line(example.summary());
            line("");
        }
        line("```json");
        line(new String(example.bytes(), UTF_8).stripTrailing());
        line("```");
    }

    private List<Operation> operations(Channel channel) {
        return api.operations().stream()
                .filter(it -> it.channel().equals(channel.id()))
                .toList();
    }

    private String roles(Channel channel, boolean sends) {
        return operations(channel).stream()
                .filter(it -> it.sends() == sends)
                .flatMap(it -> it.roles().stream())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static String subject(Channel channel) {
        return channel.address().replace('{', '<').replace('}', '>');
    }

    private static String link(Message message) {
        return "[%s](#%s)".formatted(message.title().toLowerCase(Locale.ROOT), anchor(message.title()));
    }

    /** As GitHub makes anchors of headings. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 _-]", "").replace(' ', '-');
    }

    private void line(String text) {
        page.append(text).append('\n');
    }
}
