/** The story that {@code segctl demo} tells: one policy comes and goes, and what that changes. Nothing here is null. */
package io.aegisflux.segmentation.cli.demo;
