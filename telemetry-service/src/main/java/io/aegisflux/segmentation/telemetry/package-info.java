/**
 * telemetry-service: sums up what the hosts tell, for the bus and for Prometheus. Nothing is null unless its Javadoc says
 * so.
 */
package io.aegisflux.segmentation.telemetry;
