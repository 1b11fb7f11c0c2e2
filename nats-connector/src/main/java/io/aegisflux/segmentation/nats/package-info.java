/**
 * The services' one door to NATS over jnats: the shared connection, channels over durable pull consumers, publishing
 * with expectations, direct reads, verified objects, request/reply endpoints, and the configuration of every stream.
 * Nothing here is null unless its Javadoc says so.
 */
package io.aegisflux.segmentation.nats;
