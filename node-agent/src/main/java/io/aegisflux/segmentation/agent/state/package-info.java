/** What the agent keeps on its host's disk, written so that a loss of power leaves the old or the new, whole. */
package io.aegisflux.segmentation.agent.state;
