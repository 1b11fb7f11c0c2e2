/** Keeps artifacts, with their signed manifests beside them. Nothing is null unless its Javadoc says so. */
package io.aegisflux.segmentation.builder.objectstore;
