/**
 * The whole suite on real interfaces: a playground of network namespaces, the suite in it, and the demo that
 * {@code ./dev} shows. Nothing here is null unless its Javadoc says so.
 */
package io.aegisflux.segmentation.e2e;
