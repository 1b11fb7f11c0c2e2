/**
 * builder-service: compiles the programs of hosts into signed, versioned artifacts. Nothing is null unless its Javadoc
 * says so.
 */
package io.aegisflux.segmentation.builder;
