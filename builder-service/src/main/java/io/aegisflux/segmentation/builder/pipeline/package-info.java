/** One build from what was selected to the stored artifact. Nothing is null unless its Javadoc says so. */
package io.aegisflux.segmentation.builder.pipeline;
