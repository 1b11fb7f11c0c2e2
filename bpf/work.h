/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What is known of a packet while it is judged. It lies in a map: global functions, which the verifier checks once and by
 * themselves, take nothing but numbers and the context before Linux 5.12, so each looks it up.
 */
#ifndef SEGMENTATION_WORK_H
#define SEGMENTATION_WORK_H

#include "maps.h"

#define LOGGED_MAX 8 /* log and mark rules of one packet that make events; those beyond count as lost events */

/* Bits of packet.has; a box names in box_terms.needs those without which it never matches. */
#define HAS_PORTS 0x01
#define HAS_ICMP 0x02
#define HAS_INGRESS 0x04
#define HAS_EGRESS 0x08

enum fragment {
	FRAGMENT_NONE = 0,
	FRAGMENT_FIRST = 1,
	FRAGMENT_LATER = 2, /* carries no L4 header, so it has neither ports nor ICMP type */
};

struct packet {
	__be32 src[4]; /* IPv4 in word 0 */
	__be32 dst[4];
	__u64 interface; /* one bit: the slot of the interface, INTERFACE_UNKNOWN for none */
	__u32 ifindex;
	__u32 length;	   /* bytes from the Ethernet header on */
	__u32 tcp_seq;	   /* host byte order, like tcp_ack */
	__u32 tcp_ack;
	__be32 fragment_id;
	__u16 sport; /* host byte order; 0 without HAS_PORTS */
	__u16 dport;
	__be16 icmp_id; /* of echo requests and replies */
	__u8 family;
	__u8 proto; /* IPv6: of the last header */
	__u8 icmp_type;
	__u8 icmp_code;
	__u8 has;
	__u8 tcp_flags;
	__u8 fragment;
	__u8 hop_limit;
	__u8 network; /* offset of the IP header */
	__u16 quoted; /* ICMP: offset of what follows the 8 bytes of header, 0 when nothing does */
};

/* What the table says of a packet. */
struct scan {
	struct packet pkt;
	__s32 rule;
	__s32 audit;
	__u32 mark;
	__u32 limit;	   /* of the deciding rule, 0 for none */
	__u32 audit_limit; /* of the audit rule */
	__u8 action; /* BOX_ALLOW, BOX_DENY, BOX_RATE_LIMIT, 0 while undecided */
	__u8 is_default;
	__u8 audit_denies;
	__u8 marked;
	__u8 logged_count;
	__u8 dscp; /* to be set, plus one; 0 for none */
	__u16 unused;
	__s32 last_logged;
	__s32 logged[LOGGED_MAX]; /* the first of logged_count */
};

/* A packet as boxes compare it. */
struct subject {
	__u64 address[4]; /* source, destination; of IPv4 both in the first */
	__u64 packed;
	__u64 interface;
	__u64 outside_sets; /* bits of sets that neither of its addresses is in */
	__u32 classes;	    /* of both addresses */
	__u32 lacks;	    /* needs that it does not meet, where a fate has them */
};

/* What a search works with. */
struct search {
	__u32 point[16]; /* where the packet lies: a number in each dimension (PacketSpace.java) */
	struct subject subject;
	struct leaves {
		__u64 head[TREES_MAX];
		__u32 next[TREES_MAX];
	} leaves;
	__u32 bank;
	__u32 is_v4;
	__u32 limit; /* boxes from this number on are not asked */
};

struct decision {
	__u32 generation;
	__s32 rule;
	__s32 audit;
	__u32 mark;
	__u8 verdict;
	__u8 reason;
	__u8 hook;
	__u8 direction;
	__u8 marked;
	__u8 is_new; /* not carried over from an earlier packet's */
	__u8 dscp;   /* to be set, plus one; 0 for none */
	__u8 unused;
};

/* The lower (address, port) is end a. */
struct flow_key {
	__be32 a[4];
	__be32 b[4];
	__u16 a_port;
	__u16 b_port;
	__u8 proto;
	__u8 family;
	__u16 unused;
};

/* How the flow of a packet stands, filled by flow_standing(). */
struct standing {
	__u32 ifindex;	  /* of the original packets */
	__u8 from_a;
	__u8 original;	  /* the packet goes the way of the flow's first one */
	__u8 remember;	  /* an allow verdict goes into conntrack */
	__u8 established; /* decided */
	__u8 limited;	  /* an allow verdict holds for this packet alone */
	__u8 begun;	  /* the flow was allowed before, be it by another generation */
};

struct work {
	struct scan scan;
	struct search search;
	struct decision decision;
	struct flow_key key;
	struct standing standing;
	struct event_key event;
};

/*
 * tc and XDP programs never interrupt each other, but may interrupt the trial of a golden packet. Connect hooks can be
 * preempted by their like: what they work with lies on the stack.
 */
#define WORK_OF_PACKETS 0
#define WORK_OF_GOLDEN 1
#define WORKS 2

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WORKS);
	__type(key, __u32);
	__type(value, struct work);
} works SEC(".maps");

/* Of this CPU; NULL for the verifier alone. */
static __always_inline struct work *work_at(__u32 index)
{
	return bpf_map_lookup_elem(&works, &index);
}

#endif
