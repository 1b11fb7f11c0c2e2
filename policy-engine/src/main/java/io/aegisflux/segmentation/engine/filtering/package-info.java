/** Which flows somebody wants to see: the filters of docs/flows.md. Nothing is null unless its Javadoc says so. */
package io.aegisflux.segmentation.engine.filtering;
