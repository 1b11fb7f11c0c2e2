/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Counting, one copy a CPU. tc and XDP programs have their CPU to themselves until they end. Connect hooks can be preempted
 * by their like and by those; they say so, and add atomically.
 */
#ifndef SEGMENTATION_COUNTERS_H
#define SEGMENTATION_COUNTERS_H

#include "maps.h"

static __always_inline struct totals *totals_of_cpu(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&totals, &zero);
}

static __always_inline void add(__u64 *sum, __u64 more, bool preemptible)
{
	if (!preemptible)
		*sum += more;
	else if (more) /* of an addition of 0 clang makes an atomic or, which Linux 5.10 has not */
		__sync_fetch_and_add(sum, more);
}

static __always_inline void count_rule(__s32 rule, __u64 packets, __u64 bytes, __u64 now, bool preemptible)
{
	struct rule_counter *counter;
	__u32 slot = rule;

	if (rule == NO_RULE)
		return;
	counter = bpf_map_lookup_elem(&rule_counters, &slot);
	if (!counter)
		return;
	add(&counter->packets, packets, preemptible);
	add(&counter->bytes, bytes, preemptible);
	counter->last_hit = now;
}

static __always_inline void count_verdict(__u32 hook, __u32 verdict, __u32 reason, __u64 packets, __u64 bytes)
{
	struct totals *sums = totals_of_cpu();

	if (!sums)
		return;
	/* unknown to the compiler, which would drop the masks as needless; the verifier needs them */
	asm volatile("" : "+r"(hook), "+r"(verdict), "+r"(reason));
	hook &= HOOKS - 1;
	verdict &= VERDICTS - 1;
	reason &= REASONS - 1;
	sums->packets[hook][verdict] += packets;
	sums->bytes[hook][verdict] += bytes;
	if (verdict == VERDICT_DROPPED)
		sums->drops[reason] += packets;
}

static __always_inline void count_blocked(void)
{
	struct totals *sums = totals_of_cpu();

	if (sums)
		__sync_fetch_and_add(&sums->connections_blocked, 1);
}

static __always_inline void count_event(void)
{
	struct totals *sums = totals_of_cpu();

	if (sums)
		sums->events++;
}

static __always_inline void count_lost_events(__u64 lost)
{
	struct totals *sums = totals_of_cpu();

	if (sums)
		__sync_fetch_and_add(&sums->events_lost, lost);
}

#endif
