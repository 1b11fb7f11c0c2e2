package io.aegisflux.segmentation.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.aegisflux.segmentation.contracts.AsyncApi.Channel;
import io.aegisflux.segmentation.contracts.AsyncApi.Message;
import io.aegisflux.segmentation.contracts.AsyncApi.Operation;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The AsyncAPI document says what the code does. What a new subject or message wants here, the failures name. */
class AsyncApiTest {
    private static final AsyncApi API = AsyncApi.read();

    /** Methods of {@link Subjects} that build no subject of their own; api's are those of the *Api classes. */
    private static final Set<String> NO_SUBJECT = Set.of("api", "each", "held", "published");

    private static final String PLACEHOLDER = "placeholder";
    private static final Pattern PARAMETER = Pattern.compile("\\{([a-z]+)}");

    @Test
    void hasAChannelForEverySubjectAndASubjectForEveryChannel() {
        assertThat(addresses()).containsExactlyInAnyOrderElementsOf(subjects());
    }

    @Test
    void knowsEveryPrefixOfSubjects() {
        Set<String> prefixes =
                constants(Subjects.class).filter(value -> value.endsWith(".")).collect(Collectors.toSet());

        assertThat(prefixes).allSatisfy(prefix -> assertThat(addresses()).anyMatch(it -> it.startsWith(prefix)));
    }

    @Test
    void namesTheStreamOfEveryChannelThatIsKeptAndAChannelForEveryStream() {
        Set<String> named = API.channels().stream()
                .map(Channel::stream)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        Set<String> streams = constants(Streams.class)
                .filter(value -> value.startsWith("SEGMENTATION_"))
                .collect(Collectors.toSet());

        assertThat(named).isEqualTo(streams);
        assertThat(API.channels())
                .filteredOn(it -> it.address() != null)
                .allSatisfy(channel -> assertThat(channel.kept().equals("nothing"))
                        .as(channel.id())
                        .isEqualTo(channel.stream() == null));
    }

    @Test
    void hasNoReferenceThatLeadsNowhere() {
        List<String> references = API.root().findValuesAsText("$ref");

        assertThat(references).hasSizeGreaterThan(100).allSatisfy(reference -> {
            if (reference.startsWith("#/")) {
                assertThat(API.at(reference).isMissingNode()).as(reference).isFalse();
            } else {
                assertThat(JsonSchemas.bytes(reference)).as(reference).isNotEmpty();
            }
        });
    }

    @Test
    void saysOfEveryChannelWhoSendsAndWhoReceives() {
        for (Channel channel : API.channels()) {
            List<Operation> here = API.operations().stream()
                    .filter(it -> it.channel().equals(channel.id()))
                    .toList();
            if (channel.address() != null) {
                assertThat(here).as(channel.id()).anyMatch(Operation::sends).anyMatch(it -> !it.sends());
            }
        }
    }

    @Test
    void describesEveryRoleThatAnOperationNames() {
        Set<String> described = new TreeSet<>();
        for (JsonNode tag : API.root().at("/info/tags")) {
            assertThat(tag.get("description").asText()).isNotBlank();
            described.add(tag.get("name").asText());
        }

        assertThat(API.operations())
                .allSatisfy(it -> assertThat(it.roles()).as(it.id()).hasSize(1));
        assertThat(API.operations().stream().flatMap(it -> it.roles().stream()).collect(Collectors.toSet()))
                .isEqualTo(described);
    }

    @Test
    void saysWhatEveryChannelOperationAndMessageIsFor() {
        assertThat(API.channels()).allSatisfy(it -> {
            assertThat(it.title()).as(it.id()).isNotBlank();
            assertThat(it.description()).as(it.id()).isNotBlank();
            assertThat(it.messages()).as(it.id()).isNotEmpty();
            assertThat(it.kept() == null).as(it.id()).isEqualTo(it.address() == null);
        });
        assertThat(API.operations())
                .allSatisfy(it -> assertThat(it.summary()).as(it.id()).isNotBlank());
        assertThat(API.messages()).allSatisfy(it -> {
            assertThat(it.title()).as(it.key()).isNotBlank();
            assertThat(it.summary()).as(it.key()).isNotBlank();
        });
    }

    @Test
    void declaresTheParametersThatAnAddressHas() {
        for (Channel channel : API.channels()) {
            Set<String> placed = channel.address() == null
                    ? Set.of()
                    : PARAMETER
                            .matcher(channel.address())
                            .results()
                            .map(match -> match.group(1))
                            .collect(Collectors.toSet());
            assertThat(channel.parameters()).as(channel.id()).containsExactlyInAnyOrderElementsOf(placed);
        }
    }

    @Test
    void answersEveryRequestWithOneKindOfMessageOrAnError() {
        List<Message> answers = API.operations().stream()
                .filter(it -> it.channel().startsWith("api-"))
                .peek(it -> assertThat(it.answers())
                        .as(it.id())
                        .hasSize(2)
                        .last()
                        .extracting(Message::key)
                        .isEqualTo("ApiError"))
                .flatMap(it -> it.answers().stream())
                .toList();

        assertThat(answers).isNotEmpty();
    }

    @Test
    void carriesEveryMessageOnAChannelOrSaysInsideOfWhatItStands() {
        Set<String> carried = API.channels().stream()
                .flatMap(it -> it.messages().stream())
                .map(Message::key)
                .collect(Collectors.toSet());
        Set<String> answered = API.operations().stream()
                .flatMap(it -> it.answers().stream())
                .map(Message::key)
                .collect(Collectors.toSet());
        Channel inbox = API.channels().stream()
                .filter(it -> it.address() == null)
                .findFirst()
                .orElseThrow();

        assertThat(API.messages())
                .allSatisfy(it ->
                        assertThat(carried.contains(it.key())).as(it.key()).isEqualTo(it.inside() == null));
        assertThat(inbox.messages()).extracting(Message::key).containsExactlyInAnyOrderElementsOf(answered);
    }

    private static List<String> addresses() {
        return API.channels().stream()
                .map(Channel::address)
                .filter(Objects::nonNull)
                .toList();
    }

    /** All that the code can build, with {@code {parameter}} for what it is built from. */
    private static Set<String> subjects() {
        Stream<String> whole = constants(Subjects.class).filter(value -> !value.endsWith("."));
        Stream<String> built = Arrays.stream(Subjects.class.getMethods())
                .filter(it -> Modifier.isStatic(it.getModifiers()) && it.getReturnType() == String.class)
                .filter(it -> !NO_SUBJECT.contains(it.getName()))
                .map(AsyncApiTest::built);
        return Stream.of(whole, built, asked()).flatMap(it -> it).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String built(Method builder) {
        Parameter parameter = builder.getParameters()[0];
        try {
            Object value = parameter.getType() == String.class
                    ? PLACEHOLDER
                    : parameter.getType().getConstructor(String.class).newInstance(PLACEHOLDER);
            String subject = (String) builder.invoke(null, value);
            return subject.replace(PLACEHOLDER, "{" + parameter.getName() + "}");
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("no subject is built by " + builder, e);
        }
    }

    /** The subjects of requests: a class whose name ends in Api has its service's word and one constant for each verb. */
    private static Stream<String> asked() {
        return new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.aegisflux.segmentation.contracts")
                        .stream()
                        .filter(it -> it.getSimpleName().endsWith("Api") && it.isTopLevelClass())
                        .map(JavaClass::reflect)
                        .flatMap(api -> {
                            String service = constant(api, "SERVICE");
                            return constants(api)
                                    .filter(verb -> !verb.equals(service))
                                    .map(verb -> Subjects.api(service, verb));
                        });
    }

    private static Stream<String> constants(Class<?> type) {
        return Arrays.stream(type.getFields())
                .filter(it -> it.getType() == String.class && Modifier.isStatic(it.getModifiers()))
                .map(Field::getName)
                .map(name -> constant(type, name));
    }

    private static String constant(Class<?> type, String name) {
        try {
            return (String) type.getField(name).get(null);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(type + " has no constant " + name, e);
        }
    }
}
