/** YAML in and out, as trees of JSON. Nothing here is null. */
package io.aegisflux.segmentation.cli.yaml;
