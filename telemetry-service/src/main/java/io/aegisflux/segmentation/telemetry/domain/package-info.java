/**
 * What the hosts' messages add up to: windows of flows, the fleet, its counters and what Prometheus is told of them. No
 * framework, no bus, no clock. Nothing is null unless its Javadoc says so.
 */
package io.aegisflux.segmentation.telemetry.domain;
