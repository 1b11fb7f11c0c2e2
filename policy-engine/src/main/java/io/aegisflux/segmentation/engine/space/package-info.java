/** Rules as boxes and packets as points, for the classifier. Nothing here is null unless it says so. */
package io.aegisflux.segmentation.engine.space;
