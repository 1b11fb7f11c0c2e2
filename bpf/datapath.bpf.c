/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The programs of a host. They are constant; what they enforce is data (maps.h). tc is the point of enforcement; xdp
 * and the connect hooks refuse early what tc would refuse for certain, over the same table.
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
#include "limit.h"
#include "dscp.h"
#include "verdict.h"
#include "connect.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

static __always_inline int judge_skb(struct __sk_buff *skb, __u8 direction, __u8 hook)
{
	__u64 descriptor = descriptor_in_force(), now = coarse_now();
	__u64 packets = skb->gso_segs ? skb->gso_segs : 1;
	struct work *work = work_at(WORK_OF_PACKETS);
	__u32 ifindex = skb->ifindex;
	struct interface *interface;
	struct decision *decision;
	struct packet *pkt;
	int parsed;

	if (!work)
		return TC_NEXT;
	decision = &work->decision;
	pkt = &work->scan.pkt;
	scan_begin(&work->scan);
	decision_begin(decision, descriptor, direction, hook);
	pkt->has = direction == INGRESS ? HAS_INGRESS : HAS_EGRESS;
	pkt->ifindex = ifindex;
	pkt->length = skb->len;
	interface = bpf_map_lookup_elem(&interfaces, &ifindex);
	pkt->interface = interface ? interface->bit : INTERFACE_UNKNOWN;
	pull_headers(skb);
	parsed = parse_skb(skb, WORK_OF_PACKETS, interface && interface->flags & INTERFACE_L3);
	if (parsed == PARSED_ARP)
		return TC_NEXT;
	if (parsed == PARSED_OTHER && !(decision->generation && interface && interface->flags & INTERFACE_ONLY_IP))
		return TC_NEXT;
	if (interface && interface->flags & INTERFACE_LOOPBACK) {
		decision->reason = REASON_FAILSAFE;
	} else if (parsed == PARSED_OTHER) {
		decision->reason = REASON_NON_IP;
		decision->verdict = VERDICT_DROPPED;
	} else if (parsed == PARSED_MALFORMED) {
		decision->reason = REASON_MALFORMED;
		if (decision->generation)
			decision->verdict = VERDICT_DROPPED;
	} else {
		decide(skb, work, descriptor, packets, now);
	}
	account(&work->scan, decision, packets, now);
	report(&work->scan, decision);
	if (decision->verdict == VERDICT_DROPPED)
		return TC_DROP;
	if (decision->marked)
		skb->mark = decision->mark;
	if (decision->dscp)
		set_dscp(skb, decision->dscp - 1);
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
	struct work *work = work_at(WORK_OF_PACKETS);
	__u32 ifindex = ctx->ingress_ifindex;
	struct interface *interface;
	struct decision *decision;
	struct packet *pkt;

	if (!work || !DESCRIPTOR_GENERATION(descriptor))
		return XDP_PASS;
	interface = bpf_map_lookup_elem(&interfaces, &ifindex);
	if (interface && interface->flags & (INTERFACE_L3 | INTERFACE_LOOPBACK))
		return XDP_PASS;
	decision = &work->decision;
	pkt = &work->scan.pkt;
	scan_begin(&work->scan);
	decision_begin(decision, descriptor, INGRESS, HOOK_XDP);
	pkt->has = HAS_INGRESS;
	pkt->ifindex = ifindex;
	pkt->interface = interface ? interface->bit : INTERFACE_UNKNOWN;
	pkt->length = (void *)(long)ctx->data_end - (void *)(long)ctx->data;
	if (parse_xdp(ctx) != PARSED_IP)
		return XDP_PASS;
	if (pkt->fragment != FRAGMENT_NONE || is_icmp_error(pkt))
		return XDP_PASS;
	if (trackable(pkt) && !is_opening(pkt)) {
		if (pkt->proto == IPPROTO_TCP)
			return XDP_PASS;
		flow_key_of(&work->key, pkt);
		if (flow_find(&work->key, coarse_now()))
			return XDP_PASS;
	}
	if (is_failsafe(INGRESS, WORK_OF_PACKETS))
		return XDP_PASS;
	classify(descriptor, WORK_OF_PACKETS);
	conclude(decision, &work->scan, descriptor);
	if (decision->verdict != VERDICT_DROPPED)
		return XDP_PASS;
	account(&work->scan, decision, 1, coarse_now());
	report(&work->scan, decision);
	return XDP_DROP;
}

/* 1 lets the connect() go on, 0 is EPERM. The address is that of connect.h. */
static __always_inline int judge_connect(struct bpf_sock_addr *ctx, __u64 high, __u64 low, bool is_v4, __u8 hook)
{
	__u64 descriptor = descriptor_in_force(), about;
	__u8 reason = REASON_POSTURE;
	__s32 rule = NO_RULE;
	__u32 fate;

	if (!DESCRIPTOR_GENERATION(descriptor))
		return 1;
	if (settings.own_netns_cookie && bpf_get_netns_cookie(ctx) != settings.own_netns_cookie)
		return 1;
	/* ping sockets have a type that is not known yet; UDP to port 0 only asks for a source address */
	if (!has_ports(ctx->protocol) || !ctx->user_port)
		return 1;
	about = bpf_ntohs(ctx->user_port) | (__u64)ctx->protocol << ABOUT_PROTO_SHIFT | (is_v4 ? ABOUT_V4 : 0) |
		(__u64)hook << ABOUT_HOOK_SHIFT;
	fate = connect_fate(descriptor, high, low, about);
	if (fate ? BOX_ACTION(fate) != BOX_DENY : !DESCRIPTOR_DENY(descriptor))
		return 1;
	if (connect_is_exempt(high, low, about)) /* asked last, as most connections are allowed */
		return 1;
	if (fate) {
		reason = fate & BOX_DEFAULT ? REASON_DEFAULT_DENY : REASON_RULE_DENY;
		rule = BOX_RULE(fate);
	}
	count_rule(rule, 1, 0, coarse_now(), true);
	count_blocked();
	connect_report(descriptor, high, low, about, rule, reason);
	return 0;
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *ctx)
{
	return judge_connect(ctx, ctx->user_ip4, 0, true, HOOK_CONNECT4);
}

SEC("cgroup/connect6")
int connect6(struct bpf_sock_addr *ctx)
{
	__u64 high = pair(ctx->user_ip6[0], ctx->user_ip6[1]), low = pair(ctx->user_ip6[2], ctx->user_ip6[3]);

	if (!high && (__u32)low == bpf_htonl(0xFFFF)) /* an IPv4 destination written ::ffff:a.b.c.d leaves as IPv4 */
		return judge_connect(ctx, low >> 32, 0, true, HOOK_CONNECT6);
	return judge_connect(ctx, high, low, false, HOOK_CONNECT6);
}

/*
 * Judges a packet of the agent by the candidate descriptor: a golden one before the switch, or one that it is asked about.
 * cb[0] is the direction, cb[1] the slot of the interface plus one, 0 for none, cb[2] whether the failsafe has a say, as at
 * the hooks. Touches neither conntrack nor counters nor limits, and reports nothing.
 */
SEC("tc")
int golden(struct __sk_buff *skb)
{
	__u64 descriptor = descriptor_at(DESCRIPTOR_CANDIDATE);
	struct work *work = work_at(WORK_OF_GOLDEN);
	struct decision *decision;
	struct scan *scan;

	if (!work)
		return TC_DROP;
	decision = &work->decision;
	scan = &work->scan;
	scan_begin(scan);
	decision_begin(decision, descriptor, skb->cb[0] == INGRESS ? INGRESS : EGRESS, 0);
	scan->pkt.has = skb->cb[0] == INGRESS ? HAS_INGRESS : HAS_EGRESS;
	scan->pkt.interface = skb->cb[1] ? 1ULL << ((skb->cb[1] - 1) & 63) : INTERFACE_UNKNOWN;
	pull_headers(skb);
	if (parse_skb(skb, WORK_OF_GOLDEN, false) == PARSED_IP) {
		if (skb->cb[2] && is_failsafe(decision->direction, WORK_OF_GOLDEN)) {
			decision->reason = REASON_FAILSAFE;
			leave_trial(decision, 0);
			return TC_NEXT;
		}
		classify(descriptor, WORK_OF_GOLDEN);
		conclude(decision, scan, descriptor);
	} else {
		decision->verdict = VERDICT_DROPPED;
		decision->reason = REASON_MALFORMED;
	}
	leave_trial(decision, scan->limit);
	return decision->verdict == VERDICT_DROPPED ? TC_DROP : TC_NEXT;
}
