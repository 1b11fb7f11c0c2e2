/** What a policy document says, parsed once and typed. Nothing here is null unless a record says so. */
package io.aegisflux.segmentation.engine.language;
