/** Finds in accepted policies what their authors may not have meant. Nothing here is null unless a record says so. */
package io.aegisflux.segmentation.engine.linting;
