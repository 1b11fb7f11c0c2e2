package io.aegisflux.segmentation.harness;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test needs root, BPF and a compiler. Where one is missing it fails and says so, unless
 * SEGMENTATION_SKIP_KERNEL_TESTS is set: then it is skipped, and counted as skipped.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KernelCondition.class)
public @interface NeedsKernel {}
