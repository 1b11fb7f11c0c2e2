/** Sets of whole numbers and addresses as sorted, disjoint, never adjacent intervals. Nothing here is null. */
package io.aegisflux.segmentation.engine.interval;
