/**
 * The policy language without any I/O: {@code parsing} reads a document strictly, {@code language} says what it means,
 * {@code lowering} turns the policies of a host into its rule table, {@code evaluation} judges packets by that table,
 * {@code testing} runs the tests of a document, {@code linting} finds what may not be meant so.
 */
package io.aegisflux.segmentation.engine;
