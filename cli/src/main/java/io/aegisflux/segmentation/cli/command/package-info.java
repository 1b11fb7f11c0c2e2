/** One class for each verb: its options, what it asks of the bus, what it prints. Nothing here is null unless said. */
package io.aegisflux.segmentation.cli.command;
