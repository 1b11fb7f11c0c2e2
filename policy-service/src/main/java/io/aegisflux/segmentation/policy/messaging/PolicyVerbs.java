package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.nats.ApiEndpoints;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Verbs of {@code segmentation.api.policy.*} on one topic. Every bean of this type is served. */
interface PolicyVerbs {
    /** By the verb's word; each as {@link ApiEndpoints#start} wants it. */
    Map<String, UnaryOperator<byte[]>> verbs();
}
