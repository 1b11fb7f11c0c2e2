/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Every map, and the structures that cross to the agent (held equal to its layouts by a test against this BTF). */
#ifndef SEGMENTATION_MAPS_H
#define SEGMENTATION_MAPS_H

#include "types.h"

#define BANKS 2
#define BANK_WORDS (1 << 21) /* of 8 bytes; a power of two, of which the loader may take less (settings) */
#define RULES_MAX 131072     /* slots of the rule counters */
#define FLOWS_MAX 131072 /* LRU: the oldest goes first */
#define OPENING_MAX 32768 /* LRU: flows that are not proven to be live */
#define FRAGMENTS_MAX 4096
#define INTERFACES_MAX 64
#define LOCALS_MAX 1024
#define FAILSAFE_MAX 1024
#define FAILSAFE_PORTS 16
#define SOURCES_MAX 65536
#define EVENTS_BYTES (1 << 21)
#define REPEATS_MAX 16384 /* LRU: kinds of decisions that are counted between two looks of the agent */
#define BOOK_CHUNK_BYTES 2048
#define BOOK_CHUNKS_MAX 8192

#define INTERFACE_UNKNOWN (1ULL << 63) /* so slots are 0 to 62; a box without a condition has all bits */

/*
 * All of a generation that a packet must see as one, in one word that is read once a packet:
 * generation 32 | posture deny 1 | bank 1 | deadline 30. Once the monotonic clock shows the second of the deadline,
 * packets are judged by the previous descriptor; 0 is for none, as the generation is confirmed.
 */
#define DESCRIPTOR_DEADLINE(d) ((__u32)(d) & 0x3FFFFFFF)
#define DESCRIPTOR_BANK(d) ((__u32)((d) >> 30 & 1))
#define DESCRIPTOR_DENY(d) ((__u32)((d) >> 31 & 1))
#define DESCRIPTOR_GENERATION(d) ((__u32)((d) >> 32))
#define DESCRIPTOR_IN_FORCE 0
#define DESCRIPTOR_CANDIDATE 1 /* what golden packets are judged by before the switch */
#define DESCRIPTOR_PREVIOUS 2
#define DESCRIPTOR_FIRST 3 /* that came after none: it lets older flows stand */
#define DESCRIPTORS 4

/*
 * Numbers that a box bounds, side by side in one word, each with a guard bit above it. Then all are compared at once:
 * with its guard set, a number minus a lower end keeps the guard unless it is below.
 */
#define PACKED_SPORT 0
#define PACKED_DPORT 17
#define PACKED_PROTO 34
#define PACKED_ICMP_TYPE 43
#define PACKED_ICMP_CODE 52
#define GUARD_SPORT (1ULL << 16)
#define GUARDS (GUARD_SPORT | 1ULL << 33 | 1ULL << 42 | 1ULL << 51 | 1ULL << 60)

/* Classes of source and destination as a box has both ends of them, compared like packed numbers. */
#define CLASS_DEST_SHIFT 16
#define CLASS_SOURCE_GUARD (1U << 15)
#define CLASS_DEST_GUARD (1U << 31)
#define CLASS_MAX 0x7FFF

/* What a box asks beyond prefixes: 40 bytes. Both ends of its ranges are included. */
struct box_terms {
	__u64 low;  /* packed, without guards */
	__u64 high; /* packed, with guards */
	__u64 bits;    /* of each interface that it may come by, and of each set of addresses (struct space) it has to be in */
	__u64 classes; /* lower ends in one half, upper ends with guards in the other: classes of addresses */
	__u32 argument; /* of the action: mark, DSCP, or LIMIT_* */
	__u32 fate; /* action 8 | needs 4 | rule's slot 20 */
};

#define BOX_RULE(fate) ((fate) & 0xFFFFF)
#define BOX_NEEDS_SHIFT 20 /* HAS_* */
#define BOX_ACTION_SHIFT 24
#define BOX_ACTION(fate) ((fate) >> BOX_ACTION_SHIFT & 0xF)
#define BOX_ALLOW 1
#define BOX_DENY 2
#define BOX_RATE_LIMIT 3 /* these end the search, the others go on */
#define BOX_LOG 4
#define BOX_MARK 5
#define BOX_DSCP 6
#define BOX_AUDIT (1U << 30)
#define BOX_DEFAULT (1U << 31)

/* The argument of BOX_RATE_LIMIT. */
#define LIMIT_PER_SECOND(limit) ((limit) & 0x3FFFFFFF)
#define LIMIT_OF_CONNECTIONS (1U << 30) /* else of packets */
#define LIMIT_PER_SOURCE (1U << 31)	/* else per rule */

/* Source in the first half, destination in the second, as they stand in a packet. */
struct box4 {
	__be32 address[2];
	__be32 mask[2];
	struct box_terms terms;
};

struct box6 {
	__be32 address[8];
	__be32 mask[8];
	struct box_terms terms;
};

#define TREES_MAX 4
#define TREE_DEPTH_MAX 65
#define LEAF_LOOP 64	      /* boxes of a leaf that are looked at one by one */
#define MERGE_LOOP 64	      /* its cube of boxes are looked at where leaves are merged */
#define EDITS_MAX 32

/* What is to be searched for packets of one IP version. Places are counted in words. */
struct space {
	__u32 trees;
	__u32 root[TREES_MAX];
	__u32 connect_root;
	__u32 boxes;
	/* boxes that came after the trees were grown, in the order of the table; a number of a box each stands before */
	__u32 edits;
	__u32 edit_boxes;
	__u32 before[EDITS_MAX];
	/*
	 * Large sets of addresses, first for sources, then for destinations. Trees lead from an address to the word of its class;
	 * the place of this behind that of the first class is the class's number, a dimension. The word has the bits of the sets
	 * that the class is in, of those sets that are no range of classes. Bits of sets are above those of interfaces.
	 */
	__u32 class_root[2];
	__u32 class_words[2]; /* 0 when there are no sets */
	__u64 set_bits[2];
};

/*
 * The table of one generation. Its nodes are words: dimension 4 | place 28 | number 32. A node cuts its dimension at the
 * number; what lies below goes on at its place, the rest at the word behind. A leaf has no dimension; its run begins at its
 * place, counted in 4 bytes. A run names boxes by their place in the order of the table, in this order, and ends with all
 * bits. One value, so that a packet looks it up once and then only indexes.
 */
struct bank {
	struct space space[2]; /* IPv4, IPv6 */
	__u64 word[BANK_WORDS];
	__u64 beyond[sizeof(struct box6) / 8]; /* so that the verifier lets a box begin at any word */
};

#define NODE_DIMENSION(node) ((__u32)((node) >> 60))
#define NODE_PLACE(node) ((__u32)((node) >> 32) & 0x0FFFFFFF)
#define NODE_NUMBER(node) ((__u32)(node))
#define NODE_LEAF 15
#define NO_BOX 0xFFFFFFFF /* ends a run */

/* Which desired state stands in a bank; read by the agent alone. */
struct identity {
	__u64 epoch;
	__u64 revision;
	__u64 table_bytes; /* of this bank */
	__u32 generation;
	__u32 book_bytes; /* of the book of this bank */
	__u8 table_digest[32];
	__u8 artifact_digest[32]; /* of entry IDENTITY_ARTIFACT alone */
};

/* Raised with any change of what is shared with the agent; pins lie in a directory of this name. */
#define LAYOUT_VERSION 5
#define IDENTITY_ARTIFACT 2 /* after one entry a bank */
#define IDENTITIES 3

struct book_chunk {
	__u8 bytes[BOOK_CHUNK_BYTES];
};

struct interface {
	__u64 bit; /* of box_terms.bits */
	__u32 flags;
	__u32 unused;
};

#define INTERFACE_L3 1	     /* no Ethernet header */
#define INTERFACE_LOOPBACK 2 /* always passes */
#define INTERFACE_ONLY_IP 4  /* what is neither IP nor ARP is dropped */

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
	__u64 last_hit; /* ns, coarse monotonic */
};

struct totals {
	__u64 packets[HOOKS][VERDICTS];
	__u64 bytes[HOOKS][VERDICTS];
	__u64 drops[REASONS];
	__u64 connections_blocked;
	__u64 events_lost; /* refused by a rule's limit, too many of one packet, or of a connection when the ring was full */
	__u64 events;	   /* of packets, handed over or to be read in `repeats` */
};

/* What makes decisions equal. No padding: it is a key. */
struct event_key {
	__be32 src[4]; /* IPv4 in word 0; all zero where the hook cannot know it */
	__be32 dst[4];
	__u32 generation;
	__s32 rule;  /* slot, or NO_RULE */
	__s32 audit; /* slot of the audit rule that would have denied, or NO_RULE */
	__u32 ifindex;
	__u16 sport; /* host byte order */
	__u16 dport;
	__u8 reason;
	__u8 verdict;
	__u8 hook;
	__u8 direction;
	__u8 family; /* 0 when the packet was malformed before that */
	__u8 proto;
	__u8 icmp_type;
	__u8 icmp_code;
};

/* How often one decision was taken since the entry was made, the first time included. */
struct repeats {
	__u64 first; /* ns, CLOCK_MONOTONIC: the time of the event that went through the ring */
	__u64 last;
	__u64 packets;
	__u64 bytes;
};

/* What the agent says about events. */
struct telling {
	__u64 told;	/* how many of totals.events it has told of, so that one that is started anew knows what it missed */
	__u64 interval; /* ns between two events of a rule that are the first of their kind, in the long run; 0 for no limit */
};

/* The decision about a golden packet. */
struct trial {
	__u32 verdict;
	__u32 reason;
	__s32 rule;
	__s32 audit;
	__u32 mark;
	__u32 marked;
	__u32 dscp; /* the value plus one; 0 for none */
	__u32 limit;
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
	__type(value, struct bank);
} banks SEC(".maps");

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
	__u32 bank_words;	/* at most BANK_WORDS, a power of two */
};

const volatile struct settings settings SEC(".rodata.settings") = {
	.layout = LAYOUT_VERSION,
	.bank_words = BANK_WORDS,
};

#endif
