/**
 * What the agent thinks with: records, ports and pure functions, without a framework. Nothing here is null unless its
 * Javadoc says so.
 */
package io.aegisflux.segmentation.agent.domain;
