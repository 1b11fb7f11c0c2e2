/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* From a packet to a decision: conntrack, failsafe, policy, in this order; then memory, counters and events. */
#ifndef SEGMENTATION_VERDICT_H
#define SEGMENTATION_VERDICT_H

#include "classify.h"
#include "conntrack.h"
#include "counters.h"
#include "events.h"
#include "failsafe.h"
#include "limit.h"

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

static __always_inline __u64 descriptor_at(__u32 index)
{
	__u64 *descriptor = bpf_map_lookup_elem(&descriptors, &index);

	/* one load: a packet never sees half a switch */
	return descriptor ? *(volatile __u64 *)descriptor : 0;
}

static __always_inline __u64 descriptor_in_force(void)
{
	__u64 descriptor = descriptor_at(DESCRIPTOR_IN_FORCE);
	__u32 deadline = DESCRIPTOR_DEADLINE(descriptor);

	if (deadline && coarse_now() / NSEC_PER_SEC >= deadline)
		return descriptor_at(DESCRIPTOR_PREVIOUS);
	return descriptor;
}

static __always_inline __u64 interface_bit(__u32 ifindex)
{
	struct interface *interface = bpf_map_lookup_elem(&interfaces, &ifindex);

	return interface ? interface->bit : INTERFACE_UNKNOWN;
}

static __always_inline void conclude(struct decision *decision, const struct scan *scan, __u64 descriptor)
{
	bool denied = scan->action ? scan->action == BOX_DENY : DESCRIPTOR_DENY(descriptor);

	decision->rule = scan->rule;
	decision->audit = scan->audit_denies ? scan->audit : NO_RULE;
	decision->mark = scan->mark;
	decision->marked = scan->marked;
	decision->dscp = scan->dscp;
	decision->is_new = 1;
	decision->verdict = denied ? VERDICT_DROPPED : VERDICT_ALLOWED;
	if (!scan->action)
		decision->reason = REASON_POSTURE;
	else if (denied)
		decision->reason = scan->is_default ? REASON_DEFAULT_DENY : REASON_RULE_DENY;
	else
		decision->reason = scan->is_default ? REASON_DEFAULT_ALLOW : REASON_RULE_ALLOW;
	if (!denied && scan->audit_denies) {
		decision->verdict = VERDICT_AUDITED;
		decision->reason = REASON_AUDIT_WOULD_DENY;
	}
}

static __always_inline void pass_established(struct decision *decision, const struct flow_verdict *verdict,
					     bool original)
{
	decision->rule = verdict->rule;
	decision->audit = verdict->audit;
	decision->verdict = verdict->audit == NO_RULE ? VERDICT_ALLOWED : VERDICT_AUDITED;
	decision->reason = REASON_ESTABLISHED;
	decision->mark = verdict->mark;
	decision->marked = original && verdict->flags & FLOW_MARKED;
	decision->dscp = original ? FLOW_DSCP(verdict->flags) : 0;
	decision->is_new = 0;
}

/*
 * What passed before there was any table goes on under the first one: installing cuts nothing. The second judges it
 * as any other flow.
 */
static __always_inline bool is_older_than_tables(const struct flow_verdict *verdict, __u32 generation)
{
	return verdict->generation == 0 && generation == DESCRIPTOR_GENERATION(descriptor_at(DESCRIPTOR_FIRST));
}

/*
 * Looks the flow of the packet at work up; when it stands allowed by this generation, decides. This and what follows are
 * global functions, so that the verifier checks each by itself and once.
 */
__noinline int flow_standing(__u64 now)
{
	struct work *work = work_at(WORK_OF_PACKETS);
	const struct flow_verdict *verdict;
	struct decision *decision;
	struct standing *standing;
	const struct packet *pkt;
	struct flow *flow;
	__u8 direction;

	if (!work)
		return 0;
	decision = &work->decision;
	standing = &work->standing;
	pkt = &work->scan.pkt;
	direction = decision->direction;
	standing->from_a = flow_key_of(&work->key, pkt);
	standing->original = true;
	standing->remember = true;
	standing->established = false;
	standing->begun = false;
	standing->ifindex = pkt->ifindex;
	if (is_opening(pkt))
		return 0; /* judged as itself, whatever the entry says */
	flow = flow_find(&work->key, now);
	if (!flow) {
		if (is_echo_reply(pkt))
			standing->remember = false; /* nothing asked for it */
		else
			standing->original = !looks_like_reply(pkt);
		return 0;
	}
	standing->original = !!flow->from_a == !!standing->from_a;
	/* the index is 0 or 1: written so that the verifier sees it */
	verdict = (standing->original ? direction : !direction) == INGRESS ? &flow->verdict[INGRESS]
									    : &flow->verdict[EGRESS];
	if (!(verdict->flags & FLOW_ALLOWED)) {
		/* a flow that entered by a hook we do not hold: judged as itself */
		standing->remember = standing->original;
		standing->original = true;
		return 0;
	}
	standing->begun = true;
	if (standing->original && verdict->flags & FLOW_LIMITED)
		return 0;
	if (!standing->original && verdict->ifindex) /* a seeded flow's is not known yet */
		standing->ifindex = verdict->ifindex;
	if ((verdict->generation == decision->generation && verdict->ifindex == standing->ifindex) ||
	    is_older_than_tables(verdict, decision->generation)) {
		pass_established(decision, verdict, standing->original);
		flow_touch(flow, pkt, standing->original, now);
		standing->established = true;
	}
	return 0;
}

/* Notes an allowed flow, or that this generation allows it too. */
__noinline int flow_remember(__u64 now)
{
	struct work *work = work_at(WORK_OF_PACKETS);
	const struct decision *decision;
	const struct standing *standing;
	struct flow_verdict *verdict;
	const struct packet *pkt;
	struct flow *known;
	struct flow flow = {};
	bool originator_a;

	DESCRIBE_IN_BTF(enum flow_state);
	DESCRIBE_IN_BTF(enum flow_timeout);
	if (!work)
		return 0;
	decision = &work->decision;
	standing = &work->standing;
	pkt = &work->scan.pkt;
	originator_a = !!standing->original == !!standing->from_a;
	known = flow_find(&work->key, now);
	/*
	 * Written whole, never in place: the kernel gives evicted LRU elements to other flows at once, and a verdict
	 * must not land in one of these.
	 */
	if (known && is_opening(pkt) && known->state == FLOW_CLOSED)
		bpf_map_delete_elem(&conntrack, &work->key); /* its ports are used anew */
	else if (known && !!known->from_a == originator_a)
		flow = *known;
	else if (known && !is_begun(known))
		return 0; /* a live flow stands; if the other side did open one anew, that is judged by what stands */
	flow.from_a = originator_a;
	flow.last_seen = now;
	verdict = (standing->original ? decision->direction : !decision->direction) == INGRESS
			  ? &flow.verdict[INGRESS]
			  : &flow.verdict[EGRESS];
	verdict->generation = decision->generation;
	verdict->rule = decision->rule;
	verdict->audit = decision->audit;
	verdict->mark = decision->mark;
	verdict->ifindex = standing->ifindex;
	verdict->flags = FLOW_ALLOWED | (decision->marked ? FLOW_MARKED : 0) | (standing->limited ? FLOW_LIMITED : 0) |
			 (__u32)decision->dscp << FLOW_DSCP_SHIFT;
	flow_advance(&flow, pkt, standing->original);
	flow_store(&work->key, &flow);
	return 0;
}

/*
 * An ICMP error that quotes a packet of a flow allowed by this generation passes. One about a flow of an older
 * generation is judged as any packet: the flow itself is judged again with its next packet, and the error after it
 * passes or not accordingly.
 */
__noinline bool is_related(struct __sk_buff *skb, __u64 now)
{
	struct work *work = work_at(WORK_OF_PACKETS);
	const struct flow_verdict *verdict;
	struct packet inner = {};
	struct flow_key key = {};
	struct flow *flow;
	struct decision *decision;
	bool from_a, original;
	__u8 direction;

	if (!work)
		return false;
	decision = &work->decision;
	direction = !decision->direction; /* of the quoted packet */
	if (!parse_quoted(skb, &work->scan.pkt, &inner))
		return false;
	from_a = flow_key_of(&key, &inner);
	flow = flow_find(&key, now);
	if (!flow)
		return false;
	original = !!flow->from_a == from_a;
	verdict = (original ? direction : !direction) == INGRESS ? &flow->verdict[INGRESS] : &flow->verdict[EGRESS];
	if (!(verdict->flags & FLOW_ALLOWED) || (verdict->generation != decision->generation &&
						 !is_older_than_tables(verdict, decision->generation)))
		return false;
	pass_established(decision, verdict, false);
	return true;
}

/* A later fragment follows its first one, if that was judged by this generation. */
__noinline bool follows_fragment(__u64 now)
{
	struct work *work = work_at(WORK_OF_PACKETS);
	struct fragment_verdict *first;
	struct decision *decision;
	struct fragment_key key;

	if (!work)
		return false;
	decision = &work->decision;
	fragment_key_of(&key, &work->scan.pkt, decision->direction);
	first = bpf_map_lookup_elem(&fragments, &key);
	if (!first || first->generation != decision->generation ||
	    (first->seen < now && now - first->seen > TIMEOUT_FRAGMENT))
		return false;
	decision->rule = first->rule;
	decision->audit = first->audit;
	decision->verdict = first->verdict;
	decision->reason = first->verdict == VERDICT_DROPPED ? first->reason : REASON_ESTABLISHED;
	decision->is_new = 0;
	return true;
}

__noinline int remember_fragment(__u64 now)
{
	struct work *work = work_at(WORK_OF_PACKETS);
	struct fragment_verdict first = {};
	const struct decision *decision;
	struct fragment_key key;

	if (!work)
		return 0;
	decision = &work->decision;
	first.seen = now;
	first.generation = decision->generation;
	first.rule = decision->rule;
	first.audit = decision->audit;
	first.verdict = decision->verdict;
	first.reason = decision->reason;
	fragment_key_of(&key, &work->scan.pkt, decision->direction);
	bpf_map_update_elem(&fragments, &key, &first, BPF_ANY);
	return 0;
}

static __always_inline void leave_trial(const struct decision *decision, __u32 limit)
{
	__u32 zero = 0;
	struct trial *trial = bpf_map_lookup_elem(&trials, &zero);

	if (!trial)
		return;
	trial->verdict = decision->verdict;
	trial->reason = decision->reason;
	trial->rule = decision->rule;
	trial->audit = decision->audit;
	trial->mark = decision->mark;
	trial->marked = decision->marked;
	trial->dscp = decision->dscp;
	trial->limit = limit;
}

static __always_inline void account(const struct scan *scan, const struct decision *decision, __u64 packets, __u64 now)
{
	__u64 bytes = scan->pkt.length;

	count_verdict(decision->hook, decision->verdict, decision->reason, packets, bytes);
	count_rule(decision->rule, packets, bytes, now, false);
	if (decision->verdict == VERDICT_AUDITED)
		count_rule(decision->audit, packets, bytes, now, false);
}

/* Whether the packet has to take a token: of connections, only one that begins a flow. */
static __always_inline bool is_counted(__u32 limit, const struct standing *standing)
{
	return !(limit & LIMIT_OF_CONNECTIONS) || !standing->begun;
}

static __always_inline void apply_limits(struct decision *decision, const struct scan *scan, struct standing *standing,
					 __u64 packets, __u64 now)
{
	if (scan->limit && is_counted(scan->limit, standing) &&
	    !take_token(scan->rule, scan->limit, packets, now)) {
		decision->verdict = VERDICT_DROPPED;
		decision->reason = REASON_RATE_LIMITED;
	}
	if (decision->verdict == VERDICT_ALLOWED && scan->audit_limit && is_counted(scan->audit_limit, standing) &&
	    !take_token(scan->audit, scan->audit_limit, packets, now)) {
		decision->audit = scan->audit;
		decision->verdict = VERDICT_AUDITED;
		decision->reason = REASON_AUDIT_WOULD_DENY;
	}
	standing->limited = (scan->limit && !(scan->limit & LIMIT_OF_CONNECTIONS)) ||
			    (scan->audit_limit && !(scan->audit_limit & LIMIT_OF_CONNECTIONS));
}

/* The decision about the packet at work, parsed, at tc. */
static __always_inline void decide(struct __sk_buff *skb, struct work *work, __u64 descriptor, __u64 packets, __u64 now)
{
	struct standing *standing = &work->standing;
	struct decision *decision = &work->decision;
	struct scan *scan = &work->scan;
	struct packet *pkt = &scan->pkt;
	__u64 interface = pkt->interface;

	__builtin_memset(standing, 0, sizeof(*standing));
	standing->original = true;
	if (pkt->fragment == FRAGMENT_LATER && follows_fragment(now))
		return;
	if (trackable(pkt)) {
		flow_standing(now);
	}
	if (!standing->established) {
		if (is_failsafe(decision->direction, WORK_OF_PACKETS)) {
			decision->reason = REASON_FAILSAFE;
			standing->remember = false;
		} else if (is_icmp_error(pkt) && pkt->has & HAS_ICMP && is_related(skb, now)) {
			standing->remember = false;
		} else {
			if (!standing->original) {
				reverse(pkt);
				pkt->interface = interface_bit(standing->ifindex);
			}
			classify(descriptor, WORK_OF_PACKETS);
			conclude(decision, scan, descriptor);
			if (scan->limit | scan->audit_limit)
				apply_limits(decision, scan, standing, packets, now);
			if (!standing->original) {
				reverse(pkt);
				pkt->interface = interface;
			}
			if (decision->verdict == VERDICT_DROPPED)
				standing->remember = false;
		}
		if (standing->remember)
			flow_remember(now);
	}
	if (pkt->fragment == FRAGMENT_FIRST)
		remember_fragment(now);
}

#endif
