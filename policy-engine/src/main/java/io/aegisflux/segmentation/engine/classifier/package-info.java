/**
 * Finds the boxes of many that a point lies in. It knows numbers, neither rules nor packets. Nothing here is null unless it
 * says so.
 */
package io.aegisflux.segmentation.engine.classifier;
