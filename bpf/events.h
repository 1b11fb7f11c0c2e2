/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Decisions on their way to the agent. Never waits: what finds the ring full is counted. */
#ifndef SEGMENTATION_EVENTS_H
#define SEGMENTATION_EVENTS_H

#include "classify.h"
#include "counters.h"

#define COMM_LENGTH 16 /* TASK_COMM_LEN */

struct event {
	__u64 time; /* ns, CLOCK_MONOTONIC */
	__u32 generation;
	__s32 rule;  /* slot, or NO_RULE */
	__s32 audit; /* slot of the audit rule that would have denied, or NO_RULE */
	__u32 ifindex;
	__u32 length; /* bytes; 0 at connect hooks */
	__u32 pid;    /* of the thread group; 0 where no process is at hand */
	__u32 mark;
	__u16 sport; /* host byte order */
	__u16 dport;
	__be32 src[4]; /* IPv4 in word 0; all zero where the hook cannot know it */
	__be32 dst[4];
	__u8 reason;
	__u8 verdict;
	__u8 hook;
	__u8 direction;
	__u8 family; /* 0 when the packet was malformed before that */
	__u8 proto;
	__u8 icmp_type;
	__u8 icmp_code;
	char comm[COMM_LENGTH];
};

/* What is only written to a ring buffer, or only used as a number, would not be described in the object's BTF. */
#define DESCRIBE_IN_BTF(type) asm volatile("" ::"r"(bpf_core_type_id_local(type)))

/* Reserves an event and fills it, but for the process; NULL when the ring is full. */
static __always_inline struct event *begin_event(const struct packet *pkt, const struct decision *decision, __s32 rule,
						 __u8 reason)
{
	struct event *event;

	DESCRIBE_IN_BTF(struct event);
	DESCRIBE_IN_BTF(struct box4);
	DESCRIBE_IN_BTF(struct box6);
	DESCRIBE_IN_BTF(enum hook);
	DESCRIBE_IN_BTF(enum verdict);
	DESCRIBE_IN_BTF(enum reason);
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		count_lost_events(1);
		return NULL;
	}
	event->time = bpf_ktime_get_ns();
	event->generation = decision->generation;
	event->rule = rule;
	event->audit = decision->audit;
	event->ifindex = pkt->ifindex;
	event->length = pkt->length;
	event->mark = decision->mark;
	event->sport = pkt->sport;
	event->dport = pkt->dport;
	__builtin_memcpy(event->src, pkt->src, sizeof(event->src));
	__builtin_memcpy(event->dst, pkt->dst, sizeof(event->dst));
	event->reason = reason;
	event->verdict = decision->verdict;
	event->hook = decision->hook;
	event->direction = decision->direction;
	event->family = pkt->family;
	event->proto = pkt->proto;
	event->icmp_type = pkt->icmp_type;
	event->icmp_code = pkt->icmp_code;
	event->pid = 0;
	__builtin_memset(event->comm, 0, sizeof(event->comm));
	return event;
}

/* About the packet at work. Global, so that the verifier checks it by itself. */
__noinline int emit(__s32 rule, __u8 reason)
{
	struct work *work = work_at(WORK_OF_PACKETS);
	struct event *event;

	if (!work)
		return 0;
	event = begin_event(&work->scan.pkt, &work->decision, rule, reason);
	if (event)
		bpf_ringbuf_submit(event, 0);
	return 0;
}

/* For connect hooks alone: tc and xdp may not ask for the process (Linux 6.1 and 6.12 refuse them for it). */
static __always_inline void emit_of_process(const struct packet *pkt, const struct decision *decision, __s32 rule,
					    __u8 reason)
{
	struct event *event = begin_event(pkt, decision, rule, reason);

	if (!event)
		return;
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
