package io.aegisflux.segmentation.agent.config;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.HostLabels;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.engine.language.LabelKey;
import io.aegisflux.segmentation.engine.language.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything the environment decides.
 *
 * @param hostId AGENT_HOST_ID
 * @param http AGENT_HTTP_ADDR
 * @param pollInterval AGENT_POLL_INTERVAL: how often the desired state is read and drift is looked for
 * @param confirmWithin AGENT_CONFIRM_WITHIN: a new table goes after this unless the bus has answered over it
 * @param metricsInterval AGENT_METRICS_INTERVAL
 * @param flowInterval AGENT_FLOW_INTERVAL: how often the connections of the host are recorded
 * @param eventRate AGENT_EVENT_RATE: events a second of each rule that are the first of their kind; 0 for no limit
 * @param interfaces AGENT_INTERFACES; empty when none is named and there is no default route
 * @param cgroup AGENT_CGROUP; empty on a host without cgroup v2
 * @param xdp AGENT_XDP
 * @param nonIp AGENT_NON_IP: what happens to frames that are neither IP nor ARP
 * @param stateDir AGENT_STATE_DIR
 * @param pinDir AGENT_PIN_DIR, on a bpffs
 * @param labels AGENT_LABELS
 * @param addresses AGENT_ADDRESSES: the networks whose addresses this host is known by; empty for those of the interfaces
 * @param workloads AGENT_WORKLOADS, a JSON file
 * @param failsafe AGENT_FAILSAFE: peers that no policy may cut
 * @param posture AGENT_POSTURE: what happens where no policy decides
 * @param policyKeys AGENT_POLICY_KEYS, public key files
 * @param artifactKeys AGENT_ARTIFACT_KEYS, public key files
 * @param natsUrls NATS_URL, comma list
 */
public record AgentConfig(
        HostId hostId,
        HttpAddress http,
        Duration pollInterval,
        Duration confirmWithin,
        Duration metricsInterval,
        Duration flowInterval,
        int eventRate,
        List<String> interfaces,
        Optional<Path> cgroup,
        XdpMode xdp,
        Action nonIp,
        Path stateDir,
        Path pinDir,
        Map<String, String> labels,
        Optional<List<Prefix>> addresses,
        Optional<Path> workloads,
        List<Prefix> failsafe,
        Action posture,
        List<Path> policyKeys,
        List<Path> artifactKeys,
        List<String> natsUrls) {

    /** A rule's interfaces are a set of 64 bits, one of which is for every interface that is not configured. */
    public static final int MOST_INTERFACES = 63;

    private static final int MOST_EVENTS = 1_000_000;
    private static final Duration SHORTEST = Duration.ofMillis(100);

    /** The programs count the time in seconds. */
    private static final Duration SHORTEST_TO_CONFIRM = Duration.ofSeconds(2);

    private static final Duration LONGEST = Duration.ofHours(24);

    public AgentConfig {
        requireNonNull(hostId, "hostId is null");
        requireNonNull(http, "http is null");
        requireNonNull(xdp, "xdp is null");
        requireNonNull(nonIp, "nonIp is null");
        requireNonNull(posture, "posture is null");
        requireInterval("AGENT_POLL_INTERVAL", pollInterval);
        requireDuration("AGENT_CONFIRM_WITHIN", confirmWithin, SHORTEST_TO_CONFIRM, "2s");
        requireInterval("AGENT_METRICS_INTERVAL", metricsInterval);
        requireInterval("AGENT_FLOW_INTERVAL", flowInterval);
        requireEventRate(eventRate);
        requireAbsolute("AGENT_STATE_DIR", stateDir);
        requireAbsolute("AGENT_PIN_DIR", pinDir);
        interfaces = List.copyOf(interfaces);
        if (interfaces.size() > MOST_INTERFACES) {
            throw new InvalidSettingException(
                    "AGENT_INTERFACES",
                    String.join(",", interfaces),
                    "%d are named, at most %d can be".formatted(interfaces.size(), MOST_INTERFACES));
        }
        for (String name : interfaces) {
            if (!name.matches("[^/\\s]{1,15}") || name.equals(".") || name.equals("..")) {
                throw new InvalidSettingException(
                        "AGENT_INTERFACES", name, "name interfaces as 'ip link' does, at most 15 characters each");
            }
        }
        labels.forEach(AgentConfig::requireLabel);
        labels = Map.copyOf(labels);
        addresses = addresses.map(List::copyOf);
        failsafe = List.copyOf(failsafe);
        policyKeys = List.copyOf(policyKeys);
        artifactKeys = List.copyOf(artifactKeys);
        natsUrls = List.copyOf(natsUrls);
    }

    /**
     * Checks what enforcing needs beyond what {@code purge} needs.
     *
     * @throws InvalidSettingException when there is no interface or no key to trust, or a file cannot be read
     */
    public AgentConfig requireRunnable() {
        if (interfaces.isEmpty()) {
            throw new InvalidSettingException(
                    "AGENT_INTERFACES", null, "there is no default route to take one from; name them, e.g. eth0,eth1");
        }
        cgroup.ifPresent(path -> requireReadable("AGENT_CGROUP", path));
        workloads.ifPresent(path -> requireReadable("AGENT_WORKLOADS", path));
        requireKeys("AGENT_POLICY_KEYS", policyKeys, "policy-service");
        requireKeys("AGENT_ARTIFACT_KEYS", artifactKeys, "builder-service");
        return this;
    }

    private static void requireLabel(String key, String value) {
        String refusal = !LabelKey.isValid(key)
                ? "a key has " + LabelKey.IN_WORDS
                : HostLabels.isReserved(key)
                        ? "keys that begin with %s are the agent's own; choose another".formatted(HostLabels.PREFIX)
                        : value.length() > Limits.LABEL_VALUE
                                ? "a value has at most %d characters".formatted(Limits.LABEL_VALUE)
                                : "";
        if (!refusal.isEmpty()) {
            throw new InvalidSettingException("AGENT_LABELS", key + "=" + value, refusal);
        }
    }

    private static void requireKeys(String variable, List<Path> files, String whose) {
        if (files.isEmpty()) {
            throw new InvalidSettingException(
                    variable,
                    null,
                    "name the public key files (.pub) of %s, or nothing can be trusted".formatted(whose));
        }
        files.forEach(file -> requireReadable(variable, file));
    }

    private static void requireReadable(String variable, Path file) {
        if (!Files.isReadable(file)) {
            throw new InvalidSettingException(variable, file.toString(), "no such file, or not readable by this user");
        }
    }

    private static void requireEventRate(int rate) {
        if (rate < 0 || rate > MOST_EVENTS) {
            throw new InvalidSettingException(
                    "AGENT_EVENT_RATE",
                    String.valueOf(rate),
                    "write events a second, 1 to %d, or 0 for no limit".formatted(MOST_EVENTS));
        }
    }

    private static void requireInterval(String variable, Duration value) {
        requireDuration(variable, value, SHORTEST, "100ms");
    }

    private static void requireDuration(String variable, Duration value, Duration shortest, String inWords) {
        requireNonNull(value, variable);
        if (value.compareTo(shortest) < 0 || value.compareTo(LONGEST) > 0) {
            throw new InvalidSettingException(
                    variable, value.toString(), "write a duration from %s to 24h".formatted(inWords));
        }
    }

    private static void requireAbsolute(String variable, Path value) {
        requireNonNull(value, variable);
        if (!value.isAbsolute()) {
            throw new InvalidSettingException(variable, value.toString(), "write an absolute path");
        }
    }
}
