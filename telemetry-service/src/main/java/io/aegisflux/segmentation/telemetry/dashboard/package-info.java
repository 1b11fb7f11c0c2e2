/** What the dashboard's page has to be told; the page itself is below {@code META-INF/resources}. */
package io.aegisflux.segmentation.telemetry.dashboard;
