/** Judges recorded flows by tables that are not in force. Nothing here is null unless it says so. */
package io.aegisflux.segmentation.engine.planning;
