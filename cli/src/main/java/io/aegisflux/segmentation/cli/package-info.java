/** The program segctl: puts the commands together and turns how they end into exit codes. Nothing here is null. */
package io.aegisflux.segmentation.cli;
