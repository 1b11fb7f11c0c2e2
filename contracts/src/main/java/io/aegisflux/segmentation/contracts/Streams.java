package io.aegisflux.segmentation.contracts;

/** The names of the JetStream streams and buckets. Their configuration is the nats-connector's. */
public final class Streams {
    public static final String POLICIES = "SEGMENTATION_POLICIES";
    public static final String POLICY_STORE = "SEGMENTATION_POLICY_STORE";
    public static final String ROLLOUTS = "SEGMENTATION_ROLLOUTS";
    public static final String HOSTS = "SEGMENTATION_HOSTS";
    public static final String WORKLOADS = "SEGMENTATION_WORKLOADS";
    public static final String DESIRED = "SEGMENTATION_DESIRED";
    public static final String BUILD_REQUESTS = "SEGMENTATION_BUILD_REQUESTS";
    public static final String BUILD_RESULTS = "SEGMENTATION_BUILD_RESULTS";
    public static final String EVENTS = "SEGMENTATION_EVENTS";
    public static final String FLOWS = "SEGMENTATION_FLOWS";
    public static final String METRICS = "SEGMENTATION_METRICS";
    public static final String SYSTEM = "SEGMENTATION_SYSTEM";
    public static final String POLICY_UPDATES = "SEGMENTATION_POLICY_UPDATES";
    public static final String TELEMETRY = "SEGMENTATION_TELEMETRY";
    public static final String PARTIALS = "SEGMENTATION_PARTIALS";
    public static final String LEASES = "SEGMENTATION_LEASES";

    /** Object store of signed, versioned artifacts; objects are named by their SHA-256 in lower-case hex. */
    public static final String ARTIFACTS_BUCKET = "segmentation_artifacts";

    /** Object store of rule tables too large for a message; objects are named by their SHA-256 in lower-case hex. */
    public static final String RULE_TABLES_BUCKET = "segmentation_rule_tables";

    private Streams() {}
}
