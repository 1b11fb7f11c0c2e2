/**
 * The datapath in the kernel of this host: what is pinned where, which program runs on which hook, how a rule table
 * becomes the bytes that the programs read, and what they count and tell. Nothing here is null unless its Javadoc says
 * so.
 */
package io.aegisflux.segmentation.agent.kernel;
