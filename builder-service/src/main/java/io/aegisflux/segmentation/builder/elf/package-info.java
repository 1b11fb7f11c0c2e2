/**
 * Reads object files of the BPF machine and their BTF: bytes in, {@code BpfObject} out, nothing else. Nothing is null
 * unless its Javadoc says so.
 */
package io.aegisflux.segmentation.builder.elf;
