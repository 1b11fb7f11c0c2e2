/**
 * What people and pipes see: data on stdout, all else on stderr, tables, colours only for a terminal. Nothing here is
 * null unless its Javadoc says so.
 */
package io.aegisflux.segmentation.cli.terminal;
