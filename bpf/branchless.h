/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Comparisons that are no branches. The verifier follows both ways of a branch through all that comes after, and in a loop
 * through each turn, until it has seen a million instructions and refuses the program.
 */
#ifndef SEGMENTATION_BRANCHLESS_H
#define SEGMENTATION_BRANCHLESS_H

#include "types.h"

/*
 * All bits when a number is below 0, else none. Hidden from the compiler before and after: some releases of clang make a branch
 * of the comparison, others of what is masked by it.
 */
static __always_inline __u64 sign_of(__s64 number)
{
	asm volatile("" : "+r"(number));
	number >>= 63;
	asm volatile("" : "+r"(number));
	return number;
}

/* All bits when a is below b, else none. */
static __always_inline __u64 less(__u32 a, __u32 b)
{
	return sign_of((__u64)a - b);
}

#endif
