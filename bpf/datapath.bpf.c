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

/* Where no policy may refuse a connection: to this host itself, and to the peers of the failsafe set. */
static __always_inline bool is_exempt(const struct packet *pkt)
{
	struct address local = {};

	__builtin_memcpy(local.word, pkt->dst, sizeof(local.word));
	local.family = pkt->family;
	return is_loopback_address(pkt->dst, pkt->family) || !(pkt->dst[0] | pkt->dst[1] | pkt->dst[2] | pkt->dst[3]) ||
	       bpf_map_lookup_elem(&locals, &local) || is_failsafe_peer(pkt->dst, pkt, pkt->dport, 0);
}

static __always_inline int ask_table(struct connection *connection, __u64 descriptor, __u8 hook, bool is_v4)
{
	bool is_known = begin_walks(connection, descriptor);
	__u32 fate = is_known ? walk_to_fate(connection, is_v4) : 0;
	struct decision decision;

	if (fate ? BOX_ACTION(fate) != BOX_DENY : !DESCRIPTOR_DENY(descriptor))
		return 1;
	if (is_exempt(&connection->pkt)) /* asked last, as most connections are allowed */
		return 1;
	decision_begin(&decision, descriptor, EGRESS, hook);
	decision.verdict = VERDICT_DROPPED;
	decision.reason = !fate ? REASON_POSTURE : fate & BOX_DEFAULT ? REASON_DEFAULT_DENY : REASON_RULE_DENY;
	if (fate)
		decision.rule = BOX_RULE(fate);
	if (is_known)
		decision.audit = walk_to_audit(connection, is_v4);
	count_rule(decision.rule, 1, 0, coarse_now(), true);
	count_blocked();
	emit_of_process(&connection->pkt, &decision, decision.rule, decision.reason);
	if (is_known)
		walk_logs(connection, &decision, is_v4);
	return 0;
}

/*
 * Refuses a connect() that tc egress would cut for certain. Source and interface are not chosen yet, so a rule that
 * asks for them only may match: behind one that allows nothing is decided here. 1 goes on, 0 is EPERM.
 */
static __always_inline int judge_connect(struct bpf_sock_addr *ctx, struct connection *connection, __u8 hook)
{
	__u64 descriptor = descriptor_in_force();
	struct packet *pkt = &connection->pkt;

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
	if (pkt->family == FAMILY_V4)
		return ask_table(connection, descriptor, hook, true);
	return ask_table(connection, descriptor, hook, false);
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *ctx)
{
	struct connection connection = {};
	struct packet *pkt = &connection.pkt;

	pkt->family = FAMILY_V4;
	pkt->dst[0] = ctx->user_ip4;
	return judge_connect(ctx, &connection, HOOK_CONNECT4);
}

SEC("cgroup/connect6")
int connect6(struct bpf_sock_addr *ctx)
{
	struct connection connection = {};
	struct packet *pkt = &connection.pkt;

	pkt->family = FAMILY_V6;
	pkt->dst[0] = ctx->user_ip6[0];
	pkt->dst[1] = ctx->user_ip6[1];
	pkt->dst[2] = ctx->user_ip6[2];
	pkt->dst[3] = ctx->user_ip6[3];
	if (!pkt->dst[0] && !pkt->dst[1] && pkt->dst[2] == bpf_htonl(0xFFFF)) {
		/* an IPv4 destination written ::ffff:a.b.c.d leaves as IPv4 */
		pkt->family = FAMILY_V4;
		pkt->dst[0] = pkt->dst[3];
		pkt->dst[2] = 0;
		pkt->dst[3] = 0;
	}
	return judge_connect(ctx, &connection, HOOK_CONNECT6);
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
