/** From the policies that apply to a host to the host's rule table. Nothing here is null. */
package io.aegisflux.segmentation.engine.lowering;
