/**
 * What the environment says about this agent, checked before anything starts. Nothing here is null unless its Javadoc
 * says so.
 */
package io.aegisflux.segmentation.agent.config;
