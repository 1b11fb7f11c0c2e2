package io.aegisflux.segmentation.agent.domain;

/**
 * An artifact with its proof.
 *
 * @param digest SHA-256 of the object, lower-case hex
 * @param object the ELF object
 * @param manifest the signed manifest as it stands beside the object: JSON in base64
 */
@SuppressWarnings("ArrayRecordComponent")
public record Artifact(String digest, byte[] object, String manifest) {}
