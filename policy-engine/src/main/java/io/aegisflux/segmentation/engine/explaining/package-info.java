/** Says why a connection is decided as it is. Nothing here is null unless it says so. */
package io.aegisflux.segmentation.engine.explaining;
