/**
 * The support archive: what is replaced in it, how it is written, and its manifest. Nothing here knows the broker. Nothing here
 * is null unless it says so.
 */
package io.aegisflux.segmentation.cli.bundle;
