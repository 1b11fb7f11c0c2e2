/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The programs of a host. They are constant; what they enforce is data (maps.h). tc is the point of enforcement; xdp
 * and the connect hooks refuse early what tc would refuse for certain, over the same table.
 */
#include "types.h"
#include "parse.h"
#include "maps.h"
#include "classify.h"
#include "conntrack.h"
#include "failsafe.h"
#include "counters.h"
#include "events.h"
#include "limit.h"
#include "dscp.h"
#include "verdict.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

static __always_inline void decision_begin(struct decision *decision, __u64 descriptor, __u8 direction, __u8 hook)
{
	__builtin_memset(decision, 0, sizeof(*decision));
	decision->generation = DESCRIPTOR_GENERATION(descriptor);
	decision->rule = NO_RULE;
	decision->audit = NO_RULE;
	decision->verdict = VERDICT_ALLOWED;
	decision->direction = direction;
	decision->hook = hook;
}

static __always_inline int judge_skb(struct __sk_buff *skb, __u8 direction, __u8 hook)
{
	__u64 descriptor = descriptor_in_force(), now = bpf_ktime_get_coarse_ns();
	__u64 packets = skb->gso_segs ? skb->gso_segs : 1;
	__u32 ifindex = skb->ifindex;
	struct interface *interface;
	struct decision decision;
	struct scan scan;
	int parsed;

	__builtin_memset(&scan, 0, sizeof(scan));
	decision_begin(&decision, descriptor, direction, hook);
	scan.pkt.has = direction == INGRESS ? HAS_INGRESS : HAS_EGRESS;
	scan.pkt.ifindex = ifindex;
	scan.pkt.length = skb->len;
	interface = bpf_map_lookup_elem(&interfaces, &ifindex);
	scan.pkt.interface = interface ? interface->bit : INTERFACE_UNKNOWN;
	pull_headers(skb);
	parsed = parse_skb(skb, &scan.pkt, interface && interface->flags & INTERFACE_L3);
	if (parsed == PARSED_OTHER)
		return TC_NEXT;
	if (interface && interface->flags & INTERFACE_LOOPBACK) {
		decision.reason = REASON_FAILSAFE;
	} else if (parsed == PARSED_MALFORMED) {
		decision.reason = REASON_MALFORMED;
		if (decision.generation)
			decision.verdict = VERDICT_DROPPED;
	} else {
		decide(skb, &scan, &decision, descriptor, packets, now);
	}
	account(&scan, &decision, packets, now);
	report(&scan, &decision, false);
	if (decision.verdict == VERDICT_DROPPED)
		return TC_DROP;
	if (decision.marked)
		skb->mark = decision.mark;
	if (decision.dscp)
		set_dscp(skb, &scan.pkt, decision.dscp - 1);
	return TC_NEXT;
}

SEC("tc")
int tc_ingress(struct __sk_buff *skb)
{
	return judge_skb(skb, INGRESS, HOOK_TC_INGRESS);
}

SEC("tc")
int tc_egress(struct __sk_buff *skb)
{
	return judge_skb(skb, EGRESS, HOOK_TC_EGRESS);
}

/*
 * Drops what tc ingress would drop for certain, before the kernel spends memory on it. Left to tc: fragments, whose
 * first one tc remembers; ICMP errors; packets of a tracked flow; TCP packets that belong to a flow not seen before;
 * what does not parse here, for the headers may lie beyond the first buffer. Only drops are counted, as all else
 * reaches tc.
 */
SEC("xdp")
int xdp_ingress(struct xdp_md *ctx)
{
	__u64 descriptor = descriptor_in_force();
	__u32 ifindex = ctx->ingress_ifindex;
	struct interface *interface;
	struct decision decision;
	struct flow_key key = {};
	struct scan scan;

	if (!DESCRIPTOR_GENERATION(descriptor))
		return XDP_PASS;
	interface = bpf_map_lookup_elem(&interfaces, &ifindex);
	if (interface && interface->flags & (INTERFACE_L3 | INTERFACE_LOOPBACK))
		return XDP_PASS;
	__builtin_memset(&scan, 0, sizeof(scan));
	decision_begin(&decision, descriptor, INGRESS, HOOK_XDP);
	scan.pkt.has = HAS_INGRESS;
	scan.pkt.ifindex = ifindex;
	scan.pkt.interface = interface ? interface->bit : INTERFACE_UNKNOWN;
	scan.pkt.length = (void *)(long)ctx->data_end - (void *)(long)ctx->data;
	if (parse_xdp(ctx, &scan.pkt) != PARSED_IP)
		return XDP_PASS;
	if (scan.pkt.fragment != FRAGMENT_NONE || is_icmp_error(&scan.pkt))
		return XDP_PASS;
	if (trackable(&scan.pkt) && !is_opening(&scan.pkt)) {
		flow_key_of(&key, &scan.pkt);
		if (scan.pkt.proto == IPPROTO_TCP || flow_find(&key, bpf_ktime_get_coarse_ns()))
			return XDP_PASS;
	}
	if (is_failsafe(&scan.pkt, INGRESS))
		return XDP_PASS;
	classify(&scan, descriptor, SEARCH_OF_PACKETS);
	conclude(&decision, &scan, descriptor);
	if (decision.verdict != VERDICT_DROPPED)
		return XDP_PASS;
	account(&scan, &decision, 1, bpf_ktime_get_coarse_ns());
	report(&scan, &decision, false);
	return XDP_DROP;
}

/*
 * Refuses a connect() that tc egress would cut for certain. Source and interface are not chosen yet, so a rule that
 * asks for them only may match: behind one that allows nothing is decided here. 1 goes on, 0 is EPERM.
 */
static __always_inline int judge_connect(struct bpf_sock_addr *ctx, struct scan *scan, __u8 hook)
{
	__u64 descriptor = descriptor_in_force();
	struct packet *pkt = &scan->pkt;
	struct address local = {};
	struct decision decision;

	if (!DESCRIPTOR_GENERATION(descriptor))
		return 1;
	if (settings.own_netns_cookie && bpf_get_netns_cookie(ctx) != settings.own_netns_cookie)
		return 1;
	pkt->proto = ctx->protocol;
	pkt->dport = bpf_ntohs(ctx->user_port);
	pkt->has = HAS_EGRESS | HAS_PORTS;
	pkt->interface = INTERFACE_UNKNOWN;
	/* ping sockets have a type that is not known yet; UDP to port 0 only asks for a source address */
	if (!has_ports(pkt->proto) || !pkt->dport)
		return 1;
	__builtin_memcpy(local.word, pkt->dst, sizeof(local.word));
	local.family = pkt->family;
	if (is_loopback_address(pkt->dst, pkt->family) || !(pkt->dst[0] | pkt->dst[1] | pkt->dst[2] | pkt->dst[3]) ||
	    bpf_map_lookup_elem(&locals, &local))
		return 1;
	if (is_failsafe_peer(pkt->dst, pkt, pkt->dport, 0))
		return 1;
	decision_begin(&decision, descriptor, EGRESS, hook);
	classify_connect(scan, descriptor);
	conclude(&decision, scan, descriptor);
	if (decision.verdict != VERDICT_DROPPED || scan->maybe_allowed)
		return 1;
	count_rule(decision.rule, 1, 0, bpf_ktime_get_coarse_ns(), true);
	count_blocked();
	report(scan, &decision, true);
	return 0;
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *ctx)
{
	struct scan scan;

	__builtin_memset(&scan, 0, sizeof(scan));
	scan.pkt.family = FAMILY_V4;
	scan.pkt.dst[0] = ctx->user_ip4;
	return judge_connect(ctx, &scan, HOOK_CONNECT4);
}

SEC("cgroup/connect6")
int connect6(struct bpf_sock_addr *ctx)
{
	struct scan scan;

	__builtin_memset(&scan, 0, sizeof(scan));
	scan.pkt.family = FAMILY_V6;
	scan.pkt.dst[0] = ctx->user_ip6[0];
	scan.pkt.dst[1] = ctx->user_ip6[1];
	scan.pkt.dst[2] = ctx->user_ip6[2];
	scan.pkt.dst[3] = ctx->user_ip6[3];
	if (!scan.pkt.dst[0] && !scan.pkt.dst[1] && scan.pkt.dst[2] == bpf_htonl(0xFFFF)) {
		/* an IPv4 destination written ::ffff:a.b.c.d leaves as IPv4 */
		scan.pkt.family = FAMILY_V4;
		scan.pkt.dst[0] = scan.pkt.dst[3];
		scan.pkt.dst[2] = 0;
		scan.pkt.dst[3] = 0;
	}
	return judge_connect(ctx, &scan, HOOK_CONNECT6);
}

/*
 * Judges a golden packet of the agent by the candidate descriptor, before the switch: cb[0] is the direction, cb[1]
 * the slot of the interface plus one, 0 for none. Touches neither conntrack nor counters.
 */
SEC("tc")
int golden(struct __sk_buff *skb)
{
	__u32 index = DESCRIPTOR_CANDIDATE;
	__u64 *descriptor = bpf_map_lookup_elem(&descriptors, &index);
	struct decision decision;
	struct scan scan;

	if (!descriptor)
		return TC_DROP;
	__builtin_memset(&scan, 0, sizeof(scan));
	decision_begin(&decision, *descriptor, skb->cb[0] == INGRESS ? INGRESS : EGRESS, 0);
	scan.pkt.has = skb->cb[0] == INGRESS ? HAS_INGRESS : HAS_EGRESS;
	scan.pkt.interface = skb->cb[1] ? 1ULL << ((skb->cb[1] - 1) & 63) : INTERFACE_UNKNOWN;
	pull_headers(skb);
	if (parse_skb(skb, &scan.pkt, false) == PARSED_IP) {
		classify(&scan, *descriptor, SEARCH_OF_GOLDEN);
		conclude(&decision, &scan, *descriptor);
	} else {
		decision.verdict = VERDICT_DROPPED;
		decision.reason = REASON_MALFORMED;
	}
	leave_trial(&decision, scan.limit);
	return decision.verdict == VERDICT_DROPPED ? TC_DROP : TC_NEXT;
}
