/**
 * Runs the tools of a build where they can do no harm: in working directories of their own, with limits, no environment,
 * no rights, and in namespaces where the host permits it. The only place that starts processes. Nothing is null unless
 * its Javadoc says so.
 */
package io.aegisflux.segmentation.builder.sandbox;
