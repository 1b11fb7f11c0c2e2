/**
 * Runs the real thing: a nats-server, the packaged services as processes. Used by tests and by {@code ./dev}; never by
 * a service. Nothing here is null unless its Javadoc says so.
 */
package io.aegisflux.segmentation.harness;
