/** Subjects in and out. Nothing here is null unless its Javadoc says so. */
package io.aegisflux.segmentation.agent.messaging;
