package io.aegisflux.segmentation.agent.config;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.EnvelopeVerifier;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.SigningKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads an {@link AgentConfig} from named variables. A variable that is blank counts as not set. */
public final class Environment {
    private final Function<String, String> variables;

    /**
     * @param variables name to value, or to null when not set
     */
    public Environment(Function<String, String> variables) {
        this.variables = requireNonNull(variables, "variables is null");
    }

    /**
     * The whole configuration.
     *
     * @throws InvalidSettingException on the first value that cannot be meant
     */
    public AgentConfig agent() {
        return new AgentConfig(
                hostId(),
                http(),
                duration("AGENT_POLL_INTERVAL", "30s"),
                duration("AGENT_CONFIRM_WITHIN", "60s"),
                duration("AGENT_METRICS_INTERVAL", "10s"),
                duration("AGENT_FLOW_INTERVAL", "10s"),
                parse("AGENT_EVENT_RATE", "1000", Integer::parseInt, "write events a second, or 0 for no limit"),
                interfaces(),
                cgroup(),
                parse("AGENT_XDP", "auto", XdpMode::of, "write auto, native, generic or off"),
                allowOrDeny("AGENT_NON_IP"),
                path("AGENT_STATE_DIR", "/var/lib/aegisflux"),
                path("AGENT_PIN_DIR", "/sys/fs/bpf/aegisflux"),
                labels(),
                addresses(),
                value("AGENT_WORKLOADS").map(Path::of),
                networks("AGENT_FAILSAFE"),
                allowOrDeny("AGENT_POSTURE"),
                files("AGENT_POLICY_KEYS"),
                files("AGENT_ARTIFACT_KEYS"),
                natsUrls());
    }

    /** AGENT_HTTP_ADDR, {@code :8080} unless set. */
    public HttpAddress http() {
        return parse(
                "AGENT_HTTP_ADDR",
                ":8080",
                HttpAddress::parse,
                "write :8080, 127.0.0.1:8080 or [::1]:8080, port 1 to 65535");
    }

    /** AGENT_HOST_ID, else the host's name with every character that an id cannot hold made a dash. */
    public HostId hostId() {
        return value("AGENT_HOST_ID").isPresent()
                ? parse("AGENT_HOST_ID", "", HostId::new, "write 1 to 63 of a-z, 0-9 and -, a letter or digit first")
                : fromHostName(hostName());
    }

    /**
     * A verifier that trusts these keys.
     *
     * @throws InvalidSettingException when a file does not hold an Ed25519 public key
     */
    public static EnvelopeVerifier verifier(String variable, List<Path> files) {
        try {
            return SigningKeys.verifier(files);
        } catch (UncheckedIOException | IllegalArgumentException e) {
            throw new InvalidSettingException(
                    variable,
                    String.join(",", files.stream().map(Path::toString).toList()),
                    e.getMessage());
        }
    }

    static HostId fromHostName(String name) {
        String id = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-").replaceFirst("^-+", "");
        if (id.isEmpty()) {
            throw new InvalidSettingException("AGENT_HOST_ID", null, "and the host has no name; give the host an id");
        }
        return new HostId(id.substring(0, Math.min(63, id.length())));
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return Optional.ofNullable(System.getenv("HOSTNAME"))
                    .orElseGet(() -> InetAddress.getLoopbackAddress().getHostName());
        }
    }

    private List<String> interfaces() {
        List<String> named = list("AGENT_INTERFACES");
        return named.isEmpty() ? DefaultRoute.interfaceName().stream().toList() : named;
    }

    private Optional<Path> cgroup() {
        return value("AGENT_CGROUP").map(Path::of).or(CgroupMount::find);
    }

    private Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String pair : list("AGENT_LABELS")) {
            int sign = pair.indexOf('=');
            if (sign < 1
                    || labels.put(
                                    pair.substring(0, sign).strip(),
                                    pair.substring(sign + 1).strip())
                            != null) {
                throw new InvalidSettingException(
                        "AGENT_LABELS", pair, "write key=value pairs with commas between, each key once");
            }
        }
        return labels;
    }

    private Optional<List<Prefix>> addresses() {
        return value("AGENT_ADDRESSES").map(text -> text.equals("none") ? List.of() : networks("AGENT_ADDRESSES"));
    }

    private List<Prefix> networks(String variable) {
        return list(variable).stream()
                .map(text -> parse(variable, text, Prefix::parse))
                .toList();
    }

    private static Prefix parse(String variable, String text, Function<String, Prefix> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingException(
                    variable, text, e.getMessage() + "; write prefixes such as 10.0.0.0/8,fd00::/8");
        }
    }

    private List<String> natsUrls() {
        List<String> urls = list("NATS_URL");
        for (String url : urls) {
            try {
                URI uri = URI.create(url.contains("://") ? url : "nats://" + url);
                if (uri.getHost() == null) {
                    throw new IllegalArgumentException("no host");
                }
            } catch (IllegalArgumentException e) {
                throw new InvalidSettingException("NATS_URL", url, "write nats://host:4222");
            }
        }
        return urls.isEmpty() ? List.of("nats://localhost:4222") : urls;
    }

    private List<Path> files(String variable) {
        return list(variable).stream().map(Path::of).toList();
    }

    private Duration duration(String variable, String fallback) {
        return parse(variable, fallback, GoDuration::parse, "write a duration such as 500ms, 30s or 1m30s");
    }

    private Path path(String variable, String fallback) {
        return parse(variable, fallback, Path::of, "write an absolute path");
    }

    private Action allowOrDeny(String variable) {
        return parse(variable, "allow", Environment::allowOrDenyOf, "write allow or deny");
    }

    private static Action allowOrDenyOf(String text) {
        Action action = Action.of(text);
        if (action != Action.ALLOW && action != Action.DENY) {
            throw new IllegalArgumentException(text);
        }
        return action;
    }

    private List<String> list(String variable) {
        return value(variable).stream()
                .flatMap(text -> Arrays.stream(text.split(",")))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private <T> T parse(String variable, String fallback, Function<String, T> parser, String remedy) {
        String text = value(variable).orElse(fallback);
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingException(variable, text, remedy);
        }
    }

    private Optional<String> value(String variable) {
        return Optional.ofNullable(variables.apply(variable)).map(String::strip).filter(text -> !text.isEmpty());
    }
}
