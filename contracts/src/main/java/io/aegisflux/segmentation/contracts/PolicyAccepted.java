package io.aegisflux.segmentation.contracts;

/** The reply to a publish that was accepted, when it asked for one. */
public record PolicyAccepted(PolicyId policyId, long version, String action, String digest) {}
