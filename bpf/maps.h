/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Every map, and the structures that cross to the agent (held equal to its layouts by a test against this BTF). */
#ifndef SEGMENTATION_MAPS_H
#define SEGMENTATION_MAPS_H

#include "types.h"

#define BANKS 2
#define BOXES_MAX 8192	 /* in a bank, of each IP version; a power of two */
#define RULES_MAX 16384	 /* slots of the rule counters */
#define FLOWS_MAX 131072 /* LRU: the oldest goes first */
#define OPENING_MAX 32768 /* LRU: flows that are not proven to be live */
#define FRAGMENTS_MAX 4096
#define INTERFACES_MAX 64
#define LOCALS_MAX 1024
#define FAILSAFE_MAX 1024
#define FAILSAFE_PORTS 16
#define EVENTS_BYTES (1 << 21)
#define BOOK_CHUNK_BYTES 2048
#define BOOK_CHUNKS_MAX 8192

#define INTERFACE_UNKNOWN (1ULL << 63) /* so slots are 0 to 62; a box without a condition has all bits */

/*
 * All of a generation that a packet must see as one, in one word that is read once a packet:
 * generation 32 | posture deny 1 | bank 1 | boxes of IPv6 15 | boxes of IPv4 15.
 */
#define DESCRIPTOR_COUNT4(d) ((__u32)((d)&0x7FFF))
#define DESCRIPTOR_COUNT6(d) ((__u32)((d) >> 15 & 0x7FFF))
#define DESCRIPTOR_BANK(d) ((__u32)((d) >> 30 & 1))
#define DESCRIPTOR_DENY(d) ((__u32)((d) >> 31 & 1))
#define DESCRIPTOR_GENERATION(d) ((__u32)((d) >> 32))
#define DESCRIPTOR_IN_FORCE 0
#define DESCRIPTOR_CANDIDATE 1 /* what golden packets are judged by before the switch */
#define DESCRIPTORS 2

/* What a box asks beyond addresses: 32 bytes. Ranges include both ends. */
struct box_terms {
	__u16 sport_low;
	__u16 sport_high;
	__u16 dport_low;
	__u16 dport_high;
	__u8 proto_low;
	__u8 proto_high;
	__u8 icmp_type_low;
	__u8 icmp_type_high;
	__u8 icmp_code_low;
	__u8 icmp_code_high;
	__u8 needs; /* HAS_* */
	__u8 action;
	__u64 interfaces;
	__u32 rule; /* slot */
	__u32 mark;
};

/* action: what to do in the low bits, and two flags */
#define BOX_ALLOW 1
#define BOX_DENY 2
#define BOX_LOG 3
#define BOX_MARK 4
#define BOX_ACTION 0x0F
#define BOX_AUDIT 0x40
#define BOX_DEFAULT 0x80

struct box4 {
	__be32 src;
	__be32 src_mask;
	__be32 dst;
	__be32 dst_mask;
	struct box_terms terms;
};

struct box6 {
	__be32 src[4];
	__be32 src_mask[4];
	__be32 dst[4];
	__be32 dst_mask[4];
	struct box_terms terms;
};

/* A bank is one value, so that a packet looks it up once and then only indexes. */
struct bank4 {
	struct box4 box[BOXES_MAX];
};

struct bank6 {
	struct box6 box[BOXES_MAX];
};

/* Which desired state stands in a bank; read by the agent alone. */
struct identity {
	__u64 epoch;
	__u64 revision;
	__u32 generation;
	__u32 book_bytes; /* of the book of this bank */
	__u8 table_digest[32];
	__u8 artifact_digest[32]; /* of entry IDENTITY_ARTIFACT alone */
};

/* Raised with any change of what is shared with the agent; pins lie in a directory of this name. */
#define LAYOUT_VERSION 2
#define IDENTITY_ARTIFACT 2 /* after one entry a bank */
#define IDENTITIES 3

struct book_chunk {
	__u8 bytes[BOOK_CHUNK_BYTES];
};

struct interface {
	__u64 bit; /* of box_terms.interfaces */
	__u32 flags;
	__u32 unused;
};

#define INTERFACE_L3 1	     /* no Ethernet header */
#define INTERFACE_LOOPBACK 2 /* always passes */

struct address {
	__be32 word[4];
	__u32 family;
};

struct failsafe_key {
	__u32 prefix_length; /* 32 for the family and then the bits of the prefix */
	__u32 family;
	__be32 peer[4];
};

struct failsafe_port {
	__u16 port; /* host byte order; 0 for every one */
	__u8 proto; /* 0 for every one */
	__u8 unused;
};

struct failsafe_value {
	__u32 count;
	struct failsafe_port port[FAILSAFE_PORTS];
};

struct rule_counter {
	__u64 packets;
	__u64 bytes;
};

struct totals {
	__u64 packets[HOOKS][VERDICTS];
	__u64 bytes[HOOKS][VERDICTS];
	__u64 drops[REASONS];
	__u64 connections_blocked;
	__u64 events_lost;
};

/* The decision about a golden packet. */
struct trial {
	__u32 verdict;
	__u32 reason;
	__s32 rule;
	__s32 audit;
	__u32 mark;
	__u32 marked;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, DESCRIPTORS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, __u64);
} descriptors SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BANKS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct bank4);
} boxes4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BANKS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct bank6);
} boxes6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, IDENTITIES);
	__type(key, __u32);
	__type(value, struct identity);
} identities SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, INTERFACES_MAX);
	__type(key, __u32); /* ifindex */
	__type(value, struct interface);
} interfaces SEC(".maps");

/* The host's own addresses: what goes to them never passes an interface, so no connect hook may refuse it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LOCALS_MAX);
	__type(key, struct address);
	__type(value, __u32);
} locals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, FAILSAFE_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct failsafe_key);
	__type(value, struct failsafe_value);
} failsafe SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, RULES_MAX);
	__type(key, __u32);
	__type(value, struct rule_counter);
} rule_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct totals);
} totals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, EVENTS_BYTES);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trial);
} trials SEC(".maps");

/*
 * The table in force as the agent wrote it, so that an agent that adopts the pins knows the names behind the slots.
 * Read by the agent alone.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BANKS * BOOK_CHUNKS_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32); /* bank << 16 | chunk */
	__type(value, struct book_chunk);
} book SEC(".maps");

/* Decided at load, so that the verifier knows them as constants. */
struct settings {
	__u64 own_netns_cookie; /* connect hooks judge sockets of this namespace; 0: of all */
	__u32 layout;		/* LAYOUT_VERSION, for the agent to check before it loads */
	__u32 unused;
};

const volatile struct settings settings SEC(".rodata.settings") = {
	.layout = LAYOUT_VERSION,
};

#endif
