/**
 * The toolchain: finds clang, llvm-strip and bpftool, collects what a build is made of, and makes a checked object of it.
 * Nothing is null unless its Javadoc says so.
 */
package io.aegisflux.segmentation.builder.clang;
