package io.aegisflux.segmentation.agent.domain;

import io.aegisflux.segmentation.contracts.Prefix;

/**
 * A peer that no policy may cut, in either direction.
 *
 * @param peer the other side's addresses
 * @param protocol the IP protocol number; 0 for every one
 * @param port the peer's port, or for a management peer the port of this host; 0 for every one
 */
public record FailsafeEntry(Prefix peer, int protocol, int port) {}
