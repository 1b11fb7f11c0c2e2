package io.aegisflux.segmentation.contracts;

/** Headers that a publish on {@code segmentation.policies.<policy_id>} may have. */
public final class PublishHeaders {
    /**
     * The publish counts only while the policy's latest version, be it a deletion, has this number; 0 for a policy that
     * there never was.
     */
    public static final String EXPECTED_VERSION = "Segmentation-Expected-Version";

    /**
     * Stages the version: {@code 10%}, {@code label:tier=canary,site=b} or {@code hosts:a,b} get it first. See
     * docs/rollout.md.
     */
    public static final String CANARY = "Segmentation-Canary";

    /** How a staged version is rolled out, e.g. {@code soak=60s,ack=30s,silence=90s,max-drops=100,promote=manual}. */
    public static final String ROLLOUT = "Segmentation-Rollout";

    /**
     * Who publishes, as the publisher says: an {@link Author}. It stands with the version, and proves nothing: see
     * docs/authors.md.
     */
    public static final String AUTHOR = "Segmentation-Author";

    private PublishHeaders() {}
}
