/** What a rule table decides about a packet. Nothing here is null unless it says so. */
package io.aegisflux.segmentation.engine.evaluation;
