/**
 * policy-service: accepts policies, keeps their versions, computes what each host must enforce. Nothing is null unless
 * its Javadoc says so.
 */
package io.aegisflux.segmentation.policy;
