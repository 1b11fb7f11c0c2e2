/** Channels and subjects, in and out. Nothing is null unless its Javadoc says so. */
package io.aegisflux.segmentation.telemetry.messaging;
