/**
 * Kubernetes NetworkPolicies as policies of ours, and what of them cannot be said here. Pure: documents in, documents and notes
 * out. Nothing here is null.
 */
package io.aegisflux.segmentation.cli.kubernetes;
