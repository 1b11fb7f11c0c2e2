/** What the operator's environment variables say. Nothing is null unless its Javadoc says so. */
package io.aegisflux.segmentation.builder.config;
