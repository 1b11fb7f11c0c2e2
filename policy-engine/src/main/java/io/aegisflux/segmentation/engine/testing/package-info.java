/** Runs the tests that policies carry. Nothing here is null unless it says so. */
package io.aegisflux.segmentation.engine.testing;
