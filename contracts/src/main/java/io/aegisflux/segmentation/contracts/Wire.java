package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.time.Instant;

/** How the messages of this package become bytes: UTF-8 JSON, snake_case names, instants in ISO-8601, no null members. */
public final class Wire {
    /** The largest policy document that is looked at, in bytes. */
    public static final int MAX_POLICY_BYTES = 512 * 1024;

    /** The largest document of a workload that the registry takes, in bytes. */
    public static final int MAX_WORKLOAD_BYTES = 256 * 1024;

    private static final int REASON_SHOWN = 300;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(64)
                            .maxStringLength(64 * 1024 * 1024)
                            .build())
                    .disable(JsonFactory.Feature.CHARSET_DETECTION)
                    .build())
            .addModule(new JavaTimeModule())
            .addModule(new SimpleModule()
                    .addDeserializer(Instant.class, new InstantText())
                    .addDeserializer(FlowEvent.class, new FlowEventReader()))
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .enable(JsonNodeFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Wire() {}

    /**
     * The shared mapper. Messages may grow: readers ignore members they do not know, and where one is missing that they
     * know, a figure counts as 0, a flag as false, a list or map as empty.
     */
    public static JsonMapper mapper() {
        return MAPPER;
    }

    /**
     * The message as bytes.
     *
     * @throws IllegalArgumentException when it holds something that is no JSON
     */
    public static byte[] write(Object message) {
        try {
            return MAPPER.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not serialisable: " + message.getClass(), e);
        }
    }

    /**
     * The message that the bytes are. Members it does not know are passed over; numbers and texts are not converted
     * into each other, and nothing may follow the message.
     *
     * @throws MalformedMessageException when the bytes are not a message of this type
     */
    public static <T> T read(byte[] bytes, Class<T> type) {
        try {
            T message = MAPPER.readValue(bytes, type);
            if (message == null) {
                throw new MalformedMessageException(
                        "a %s is wanted, but the message is null".formatted(type.getSimpleName()));
            }
            return message;
        } catch (IOException e) {
            throw new MalformedMessageException("not a %s: %s".formatted(type.getSimpleName(), reason(e)), e);
        }
    }

    /** Where and why, without the message's text at length: the sentence travels on the bus again. */
    private static String reason(IOException e) {
        String what = e instanceof ValueInstantiationException && e.getCause() != null
                ? e.getCause().getMessage() // what the record's constructor says
                : e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
        String where = e instanceof JsonMappingException mapping ? pointer(mapping) : "";
        return Quoted.cleaned(where.isEmpty() ? what : where + ": " + what, REASON_SHOWN);
    }

    private static String pointer(JsonMappingException e) {
        StringBuilder pointer = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            pointer.append('/').append(step.getFieldName() == null ? step.getIndex() : step.getFieldName());
        }
        return pointer.toString();
    }
}
