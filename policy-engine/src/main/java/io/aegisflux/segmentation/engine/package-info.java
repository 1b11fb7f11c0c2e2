/**
 * The policy language without any I/O: {@code parsing} reads a document strictly, {@code language} says what it means,
 * {@code lowering} turns the policies of a host into its rule table, {@code evaluation} judges packets by that table.
 */
package io.aegisflux.segmentation.engine;
