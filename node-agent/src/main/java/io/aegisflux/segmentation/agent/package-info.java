/** The node agent put together: its parts, its start and its end. Nothing here is null unless its Javadoc says so. */
package io.aegisflux.segmentation.agent;
