/** How a run of segctl can end: exit codes, and failures that say what to do next. Nothing here is null. */
package io.aegisflux.segmentation.cli.outcome;
