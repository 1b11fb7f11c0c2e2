/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Token buckets that hold what one second fills, kept as the time at which a bucket was or will be empty (the generic cell
 * rate algorithm, ITU-T I.371): a token moves it on by the time that the rate takes to make one. Tokens are added to it
 * atomically, so CPUs that look at the same moment may let one packet each too many pass, but the bucket owes them then: the
 * rate itself is exact.
 */
#ifndef SEGMENTATION_LIMIT_H
#define SEGMENTATION_LIMIT_H

#include "maps.h"
#include "parse.h"

struct source_key {
	__be32 source[4]; /* IPv4 in word 0; of IPv6 the first two words, as a host may have all of the rest */
	__u32 rule;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RULES_MAX);
	__type(key, __u32); /* the rule's slot */
	__type(value, __u64);
} rule_buckets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, SOURCES_MAX);
	__type(key, struct source_key);
	__type(value, __u64);
} source_buckets SEC(".maps");

/* Takes tokens; false when there is none. Where one is left, as many go as are asked for. */
static __always_inline bool take_from(__u64 *bucket, __u64 interval, __u64 tokens, __u64 now)
{
	__u64 empty = *(volatile __u64 *)bucket;

	if (empty + NSEC_PER_SEC < now) {
		empty = now - NSEC_PER_SEC;
		*(volatile __u64 *)bucket = empty;
	}
	if (empty + interval > now)
		return false;
	__sync_fetch_and_add(bucket, interval * tokens);
	return true;
}

static __always_inline __u64 *bucket_of_source(const struct packet *pkt, __u32 rule)
{
	struct source_key key = { .rule = rule };
	__u64 *bucket, empty = 0;

	key.source[0] = pkt->src[0];
	key.source[1] = pkt->src[1];
	bucket = bpf_map_lookup_elem(&source_buckets, &key);
	if (bucket)
		return bucket;
	bpf_map_update_elem(&source_buckets, &key, &empty, BPF_NOEXIST);
	return bpf_map_lookup_elem(&source_buckets, &key);
}

/*
 * False when the rule has no token left for the packet at work. A packet that stands for many, as the kernel merged them, passes as long as there
 * is one. Global, so that the verifier checks it by itself.
 */
__noinline bool take_token(__u32 rule, __u32 limit, __u64 packets, __u64 now)
{
	struct work *work = work_at(WORK_OF_PACKETS);
	__u64 *bucket;

	if (!work)
		return false;
	bucket = limit & LIMIT_PER_SOURCE ? bucket_of_source(&work->scan.pkt, rule) : bpf_map_lookup_elem(&rule_buckets, &rule);
	return !bucket || take_from(bucket, NSEC_PER_SEC / LIMIT_PER_SECOND(limit),
				    limit & LIMIT_OF_CONNECTIONS ? 1 : packets, now);
}

#endif
