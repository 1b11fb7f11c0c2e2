/** Contexts: named ways to reach a broker, in the files of the nats CLI. Nothing here is null unless its Javadoc says so. */
package io.aegisflux.segmentation.cli.context;
