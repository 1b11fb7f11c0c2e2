package io.aegisflux.segmentation.contracts;

/** Headers that a publish on {@code segmentation.policies.<policy_id>} may have. */
public final class PublishHeaders {
    /**
     * The publish counts only while the policy's latest version, be it a deletion, has this number; 0 for a policy that
     * there never was.
     */
    public static final String EXPECTED_VERSION = "Segmentation-Expected-Version";

    private PublishHeaders() {}
}
