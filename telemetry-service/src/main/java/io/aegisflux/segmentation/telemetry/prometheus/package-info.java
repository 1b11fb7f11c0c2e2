/** The fleet's figures in Prometheus' registry. Nothing is null unless its Javadoc says so. */
package io.aegisflux.segmentation.telemetry.prometheus;
