/** What the service says over HTTP. Nothing is null unless its Javadoc says so. */
package io.aegisflux.segmentation.builder.http;
