/**
 * A fleet on one machine: hosts without a kernel, each the agent itself over a broker connection of its own, and the
 * services that steer them as processes. The benchmark and the test of scale both stand on it.
 */
package io.aegisflux.segmentation.e2e.fleet;
