/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Decisions on their way to the agent. Of equal ones about packets the first goes through the ring; the others are counted in
 * `repeats`, which the agent reads. A rule makes no more first ones than the agent allows. Never waits; what the agent does not
 * get is counted.
 */
#ifndef SEGMENTATION_EVENTS_H
#define SEGMENTATION_EVENTS_H

#include "classify.h"
#include "counters.h"
#include "limit.h"

#define COMM_LENGTH 16 /* TASK_COMM_LEN */

struct event {
	__u64 time; /* ns, CLOCK_MONOTONIC */
	struct event_key key;
	__u32 length; /* bytes; 0 at connect hooks */
	__u32 pid;    /* of the thread group; 0 where no process is at hand */
	char comm[COMM_LENGTH];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, REPEATS_MAX);
	__type(key, struct event_key);
	__type(value, struct repeats);
} repeats SEC(".maps");

/* Written by the agent. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct telling);
} telling SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RULES_MAX + 1);
	__type(key, __u32); /* the rule's slot; RULES_MAX for NO_RULE */
	__type(value, __u64);
} event_buckets SEC(".maps");

/* What is only written to a ring buffer, or only used as a number, would not be described in the object's BTF. */
#define DESCRIBE_IN_BTF(type) asm volatile("" ::"r"(bpf_core_type_id_local(type)))

static __always_inline void event_key_of(struct event_key *key, const struct packet *pkt, const struct decision *decision,
					 __s32 rule, __u8 reason)
{
	__builtin_memcpy(key->src, pkt->src, sizeof(key->src));
	__builtin_memcpy(key->dst, pkt->dst, sizeof(key->dst));
	key->generation = decision->generation;
	key->rule = rule;
	key->audit = decision->audit;
	key->ifindex = pkt->ifindex;
	key->sport = pkt->sport;
	key->dport = pkt->dport;
	key->reason = reason;
	key->verdict = decision->verdict;
	key->hook = decision->hook;
	key->direction = decision->direction;
	key->family = pkt->family;
	key->proto = pkt->proto;
	key->icmp_type = pkt->icmp_type;
	key->icmp_code = pkt->icmp_code;
}

/* Whether the rule may make another event that comes first of its kind. */
static __always_inline bool may_tell(__s32 rule, __u64 now)
{
	__u32 slot = rule == NO_RULE ? RULES_MAX : rule, zero = 0;
	const struct telling *limit = bpf_map_lookup_elem(&telling, &zero);
	__u64 *bucket;

	if (!limit || !limit->interval)
		return true;
	bucket = bpf_map_lookup_elem(&event_buckets, &slot);
	return !bucket || take_from(bucket, limit->interval, 1, now);
}

static __always_inline void repeat(struct repeats *known, __u64 bytes, __u64 now)
{
	__sync_fetch_and_add(&known->packets, 1);
	__sync_fetch_and_add(&known->bytes, bytes);
	known->last = now;
}

/* Counts the decision about the packet at work; true when it is the first of its kind, and is to go through the ring. */
static __always_inline bool is_first(const struct event_key *key, __u64 bytes, __u64 now)
{
	struct repeats *known = bpf_map_lookup_elem(&repeats, key);
	struct repeats first = { .first = now, .last = now, .packets = 1, .bytes = bytes };

	if (!known) {
		if (!may_tell(key->rule, now)) {
			count_lost_events(1);
			return false;
		}
		if (!bpf_map_update_elem(&repeats, key, &first, BPF_NOEXIST)) {
			count_event();
			return true;
		}
		known = bpf_map_lookup_elem(&repeats, key); /* another CPU was quicker */
	}
	count_event();
	if (!known)
		return true; /* no place for it: told by itself */
	repeat(known, bytes, now);
	return false;
}

/* About the packet at work. Global, so that the verifier checks it by itself. */
__noinline int emit(__s32 rule, __u8 reason)
{
	struct work *work = work_at(WORK_OF_PACKETS);
	__u64 now = bpf_ktime_get_ns();
	struct event *event;

	DESCRIBE_IN_BTF(struct event);
	DESCRIBE_IN_BTF(struct box4);
	DESCRIBE_IN_BTF(struct box6);
	DESCRIBE_IN_BTF(enum hook);
	DESCRIBE_IN_BTF(enum verdict);
	DESCRIBE_IN_BTF(enum reason);
	if (!work)
		return 0;
	event_key_of(&work->event, &work->scan.pkt, &work->decision, rule, reason);
	if (!is_first(&work->event, work->scan.pkt.length, now))
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 0; /* counted: the agent finds it among the repeats, or misses it there */
	event->time = now;
	event->key = work->event;
	event->length = work->scan.pkt.length;
	event->pid = 0;
	__builtin_memset(event->comm, 0, sizeof(event->comm));
	bpf_ringbuf_submit(event, 0);
	return 0;
}

/*
 * For connect hooks alone: tc and xdp may not ask for the process (Linux 6.1 and 6.12 refuse them for it). Each goes through
 * the ring.
 */
static __always_inline void emit_of_process(const struct packet *pkt, const struct decision *decision, __s32 rule,
					    __u8 reason)
{
	__u64 now = bpf_ktime_get_ns();
	struct event *event;

	if (!may_tell(rule, now)) {
		count_lost_events(1);
		return;
	}
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		count_lost_events(1);
		return;
	}
	event->time = now;
	event_key_of(&event->key, pkt, decision, rule, reason);
	event->length = 0;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	bpf_ringbuf_submit(event, 0);
}

/*
 * What the decision about the packet at work is worth an event for: a drop, a new flow an audit policy would have denied,
 * each log rule.
 */
static __always_inline void report(const struct scan *scan, const struct decision *decision)
{
	if (decision->verdict == VERDICT_DROPPED)
		emit(decision->rule, decision->reason);
	else if (decision->verdict == VERDICT_AUDITED && decision->is_new)
		emit(decision->rule, REASON_AUDIT_WOULD_DENY);
	if (!decision->is_new)
		return;
	for (__u32 i = 0; i < LOGGED_MAX; i++) {
		if (i >= scan->logged_count)
			break;
		emit(scan->logged[i], REASON_RULE_LOG);
	}
	if (scan->logged_count > LOGGED_MAX)
		count_lost_events(scan->logged_count - LOGGED_MAX);
}

#endif
