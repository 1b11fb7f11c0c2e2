/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What DataplaneBenchmark measures: parse, classify, count and decide, as the programs do it, over the table in force; of
 * one packet again and again, or of many flows in turn, whose headers are copied into the packet first. Beside each an empty
 * one, for what a test run costs by itself.
 */
#include "types.h"
#include "maps.h"
#include "work.h"
#include "parse.h"
#include "classify.h"
#include "conntrack.h"
#include "failsafe.h"
#include "counters.h"
#include "events.h"
#include "verdict.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define FLOWS 65536
#define NOW 1 /* the time of the hook, which it asks for once whatever it searches */
#define HEADER_BYTES 72 /* IPv6 and TCP, of which the last 12 bytes are not set */

struct header {
	__u64 word[HEADER_BYTES / 8];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FLOWS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct header);
} headers SEC(".maps");

__u32 turn;

static __always_inline int judge(struct xdp_md *ctx)
{
	__u64 descriptor = descriptor_in_force();
	struct work *work = work_at(WORK_OF_PACKETS);
	struct decision *decision;
	struct packet *pkt;

	if (!work)
		return XDP_ABORTED;
	decision = &work->decision;
	pkt = &work->scan.pkt;
	scan_begin(&work->scan);
	__builtin_memset(decision, 0, sizeof(*decision));
	decision->hook = HOOK_XDP;
	pkt->has = HAS_INGRESS;
	pkt->interface = 1;
	pkt->length = (void *)(long)ctx->data_end - (void *)(long)ctx->data;
	if (parse_xdp(ctx) != PARSED_IP)
		return XDP_ABORTED;
	classify(descriptor, WORK_OF_PACKETS);
	conclude(decision, &work->scan, descriptor);
	account(&work->scan, decision, 1, NOW);
	return decision->verdict == VERDICT_DROPPED ? XDP_DROP : XDP_PASS;
}

/* The header of the next flow, in the place of the packet's. */
static __always_inline bool next_flow(struct xdp_md *ctx)
{
	struct ethhdr *eth = (void *)(long)ctx->data;
	__u32 index = turn++ & (FLOWS - 1);
	struct header *header = bpf_map_lookup_elem(&headers, &index);

	if (!header || (void *)(eth + 1) + HEADER_BYTES > (void *)(long)ctx->data_end)
		return false;
	__builtin_memcpy(eth + 1, header, HEADER_BYTES);
	return true;
}

SEC("xdp")
int one_flow(struct xdp_md *ctx)
{
	return judge(ctx);
}

SEC("xdp")
int one_flow_empty(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp")
int many_flows(struct xdp_md *ctx)
{
	return next_flow(ctx) ? judge(ctx) : XDP_ABORTED;
}

SEC("xdp")
int many_flows_empty(struct xdp_md *ctx)
{
	return next_flow(ctx) ? XDP_PASS : XDP_ABORTED;
}

/* Before all that a firewall does. */
SEC("tc")
int drop_all(struct __sk_buff *skb)
{
	return TC_DROP;
}
