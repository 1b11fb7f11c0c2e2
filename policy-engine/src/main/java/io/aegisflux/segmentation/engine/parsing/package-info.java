/** From the bytes of a document to a policy, or to everything that is wrong with it. Nothing here is null. */
package io.aegisflux.segmentation.engine.parsing;
