/**
 * What the service decides, as pure functions over what is stored: which version comes next, what a host must enforce.
 * No framework and no bus. Nothing is null unless its Javadoc says so.
 */
package io.aegisflux.segmentation.policy.domain;
