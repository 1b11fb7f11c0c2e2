package io.aegisflux.segmentation.contracts;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Every subject of the suite. A subject that names a host, a policy or a workload is built from a {@link HostId},
 * {@link PolicyId} or {@link WorkloadId}, never from text, so that nobody can splice a token or a wildcard into it.
 */
public final class Subjects {
    /** The root of all subjects; nothing of the suite is published outside of it. */
    public static final String ROOT = "segmentation.";

    public static final String POLICIES = ROOT + "policies.";
    public static final String POLICY_STORE = ROOT + "policy_store.";
    public static final String ROLLOUTS = ROOT + "rollouts.";
    public static final String DESIRED = ROOT + "desired.";
    public static final String DOORBELL = ROOT + "doorbell.";
    public static final String EVENTS = ROOT + "events.";
    public static final String FLOWS = ROOT + "flows.";
    public static final String METRICS = ROOT + "metrics.";
    public static final String SYSTEM = ROOT + "system.";
    public static final String POLICY_UPDATES = ROOT + "policy_updates.";
    public static final String HOSTS = ROOT + "hosts.";
    public static final String WORKLOADS = ROOT + "workloads.";
    public static final String TELEMETRY = ROOT + "telemetry.";
    public static final String LEASES = ROOT + "leases.";
    public static final String PARTIALS = ROOT + "partials.";
    public static final String API = ROOT + "api.";

    /** Into so many parts the hosts of a fleet are divided for those who read {@link #EVENTS} and {@link #FLOWS} together. */
    public static final int PARTITIONS = 16;

    public static final String BUILDS_REQUESTED = ROOT + "builds.requested";
    public static final String BUILDS_COMPLETED = ROOT + "builds.completed";
    public static final String BUILDS_FAILED = ROOT + "builds.failed";

    public static final String TELEMETRY_SUMMARY = TELEMETRY + "summary";
    public static final String TELEMETRY_FLOWS = TELEMETRY + "flows";
    public static final String TELEMETRY_MAP = TELEMETRY + "map";
    public static final String TELEMETRY_RULES = TELEMETRY + "rules";
    public static final String TELEMETRY_HOSTS = TELEMETRY + "hosts";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,62}");

    private Subjects() {}

    /** Where anyone publishes a policy document; an empty body deletes the policy. */
    public static String policy(PolicyId policy) {
        return POLICIES + policy;
    }

    /** Where the policy-service keeps the accepted versions of a policy. */
    public static String policyStore(PolicyId policy) {
        return POLICY_STORE + policy;
    }

    /** Where the policy-service keeps what became of the staged versions of a policy. */
    public static String rollout(PolicyId policy) {
        return ROLLOUTS + policy;
    }

    /** Where the policy-service keeps the latest capability report of a host. */
    public static String host(HostId host) {
        return HOSTS + host;
    }

    /** Where anyone registers a workload that no agent reports; an empty body removes it. */
    public static String workload(WorkloadId workload) {
        return WORKLOADS + workload;
    }

    /** The signed state a host must enforce, last message only. */
    public static String desired(HostId host) {
        return DESIRED + host;
    }

    /** Rung by the broker, headers only, when {@link #desired} changed. */
    public static String doorbell(HostId host) {
        return DOORBELL + host;
    }

    public static String events(HostId host) {
        return EVENTS + host;
    }

    /** Where an agent records the connections that it saw. */
    public static String flows(HostId host) {
        return FLOWS + host;
    }

    public static String metrics(HostId host) {
        return METRICS + host;
    }

    public static String system(HostId host) {
        return SYSTEM + host;
    }

    /**
     * Where a service, not a host, reports.
     *
     * @throws IllegalArgumentException when the service's name is not one lower-case token
     */
    public static String systemOfService(String service) {
        return SYSTEM + name(service);
    }

    public static String policyUpdates(HostId host) {
        return POLICY_UPDATES + host;
    }

    /**
     * Where the instances of a service keep which of them holds a right.
     *
     * @throws IllegalArgumentException when the name is not one lower-case token
     */
    public static String lease(String name) {
        return LEASES + name(name);
    }

    /**
     * A request/reply subject, e.g. {@code segmentation.api.policy.get}.
     *
     * @throws IllegalArgumentException when one of the names is not one lower-case token
     */
    public static String api(String service, String verb) {
        return API + name(service) + '.' + name(verb);
    }

    /** Where the agent of a host answers what its kernel makes of a packet. */
    public static String probe(HostId host) {
        return API + "node." + host + ".probe";
    }

    /**
     * Where the instances of telemetry-service sum up what the hosts of a partition told.
     *
     * @param part the source and the partition, e.g. {@code events-7}
     * @throws IllegalArgumentException when it is not one lower-case token
     */
    public static String partial(String part) {
        return PARTIALS + name(part);
    }

    /**
     * As the streams of {@link #EVENTS} and {@link #FLOWS} hold what all hosts publish: behind a partition, which the broker
     * makes of the host's id. Published and heard are the subjects without it.
     */
    public static String held(String prefix) {
        return prefix + '>';
    }

    /** As {@link #held(String)}, of one host. */
    public static String held(String prefix, HostId host) {
        return prefix + "*." + host;
    }

    /** As {@link #held(String)}, of the hosts of one partition. */
    public static String held(String prefix, int partition) {
        return prefix + partition + ".*";
    }

    /** The subject on which a message was published that a stream holds; the same where the stream has no partitions. */
    public static String published(String held) {
        for (String prefix : List.of(EVENTS, FLOWS)) {
            int partition = held.indexOf('.', prefix.length());
            if (held.startsWith(prefix) && partition > 0) {
                return prefix + held.substring(partition + 1);
            }
        }
        return held;
    }

    /** Every subject below one of the prefixes of this class, one token deep. */
    public static String each(String prefix) {
        return prefix + '*';
    }

    /**
     * The one token after a prefix.
     *
     * @return empty when the subject is not below the prefix or is more than one token deep
     */
    public static Optional<String> token(String prefix, String subject) {
        if (!subject.startsWith(prefix)) {
            return Optional.empty();
        }
        String rest = subject.substring(prefix.length());
        return rest.isEmpty() || rest.indexOf('.') >= 0 ? Optional.empty() : Optional.of(rest);
    }

    private static String name(String token) {
        if (!NAME.matcher(token).matches()) {
            throw new IllegalArgumentException(
                    "%s is not of the form %s".formatted(Quoted.shortened(token), NAME.pattern()));
        }
        return token;
    }
}
