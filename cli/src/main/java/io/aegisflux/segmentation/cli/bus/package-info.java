/**
 * How segctl talks to the bus: one connection with bounded waiting, requests, publishes that are answered, and the tail
 * of a stream. Nothing here is null unless its Javadoc says so.
 */
package io.aegisflux.segmentation.cli.bus;
