/**
 * The one door to native code: libbpf and the few calls of libc around it, bound by hand through the foreign-function
 * interface. What comes out of here is typed and owned, and errors carry errno by name and libbpf's own words. Nothing
 * here is null unless its Javadoc says so.
 */
package io.aegisflux.segmentation.agent.libbpf;
