/** What segctl doctor checks: codes, and pure functions from what was found to findings. Nothing here is null unless said. */
package io.aegisflux.segmentation.cli.doctor;
