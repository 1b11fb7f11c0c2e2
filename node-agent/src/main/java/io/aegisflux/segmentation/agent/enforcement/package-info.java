/**
 * Brings what the kernel enforces to what the policy-service signed, one step at a time, whatever fails between.
 * Nothing here is null unless its Javadoc says so.
 */
package io.aegisflux.segmentation.agent.enforcement;
