package io.aegisflux.segmentation.agent.config;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Tells Quarkus what the agent's own variables mean for it: where HTTP listens, and which host's doorbell is heard. Goes
 * before application.properties and behind the environment, so that QUARKUS_HTTP_PORT still has the last word.
 */
public final class AgentConfigSourceFactory implements ConfigSourceFactory {
    /** The host id as a property, for the doorbell's subject. */
    public static final String HOST_ID = "agent.host-id";

    private static final int ORDINAL = 275;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        Environment environment = new Environment(name -> valueOf(context, name));
        try {
            HttpAddress http = environment.http();
            return List.of(new PropertiesConfigSource(
                    Map.of(
                            "quarkus.http.host",
                            http.host(),
                            "quarkus.http.port",
                            Integer.toString(http.port()),
                            HOST_ID,
                            environment.hostId().value()),
                    "AGENT variables",
                    ORDINAL));
        } catch (InvalidSettingException e) {
            return List.of(); // the start ends over it, with this line, before anything listens
        }
    }

    private static String valueOf(ConfigSourceContext context, String name) {
        return Optional.ofNullable(context.getValue(name))
                .map(ConfigValue::getValue)
                .orElse(null);
    }
}
