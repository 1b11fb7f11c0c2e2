/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The search. Each rule was expanded by the agent to the product of its prefixes and ranges, boxes in the order of the
 * table; the first box that ends the search decides. Decision trees lead to the few boxes that may hold a packet
 * (Classifier.java says how they were grown). A space has several trees where one would be too large; then their leaves are
 * merged. Plain bounded loops: bpf_loop came with Linux 5.17.
 */
#ifndef SEGMENTATION_CLASSIFY_H
#define SEGMENTATION_CLASSIFY_H

#include "maps.h"
#include "parse.h"

#define LOGGED_MAX 8 /* log and mark rules of one packet that make events; those beyond count as lost events */

#define ICMP_PLACE 0x20000 /* where type and code begin in the dimension of the destination port */

#define NO_BOX 0xFFFFFFFF /* ends a run */

struct scan {
	struct packet pkt;
	__s32 rule;
	__s32 audit;
	__u32 mark;
	__u8 action; /* BOX_ALLOW, BOX_DENY, 0 while undecided */
	__u8 is_default;
	__u8 audit_denies;
	__u8 marked;
	__u8 maybe_allowed; /* a box that could match has allowed, or not all were looked at (connect hooks) */
	__u8 logged_count;
	__u8 unused[2];
	__s32 last_logged;
	__s32 logged[LOGGED_MAX]; /* the first of logged_count */
};

/* A packet as boxes compare it, in registers. */
struct subject {
	__u64 address[4]; /* source, destination; of IPv4 both in the first */
	__u64 packed;
	__u64 interface;
	__u32 lacks; /* needs that it does not meet, where a fate has them */
};

/* What a search sees. */
struct view {
	struct scan *scan;
	const struct bank *bank;
	struct runs *runs;
	struct subject subject;
	__u32 boxes; /* where they begin in the bank */
	__u32 is_v4;
};

static __always_inline __u64 word_at(const struct bank *bank, __u32 place)
{
	return bank->word[place & (BANK_WORDS - 1)];
}

/* An entry of a run, whose place is counted in 4 bytes. */
static __always_inline __u32 entry_at(const struct bank *bank, __u32 place)
{
	const __u32 *entries = (const __u32 *)bank->word;

	return entries[place & (2 * BANK_WORDS - 1)];
}

/*
 * A run that is merged with others: the box at its head, with the number of the run below it, and the place of the next. One
 * comparison then says both which box is first and whose it is.
 */
static __always_inline void begin(const struct bank *bank, struct runs *runs, __u32 number, __u64 leaf)
{
	__u32 place = NODE_PLACE(leaf);

	runs->head[number] = (__u64)entry_at(bank, place) << 2 | number;
	runs->next[number] = place + 1;
}

/* Of numbers below 2^63. No branch: after one, the verifier would follow both ways through the rest of the search. */
static __always_inline __u64 smaller(__u64 a, __u64 b)
{
	__s64 difference = a - b;

	asm volatile("" : "+r"(difference)); /* the compiler would make it a branch */
	return b + (difference & difference >> 63);
}

static __always_inline void subject_of(struct subject *subject, const struct packet *pkt)
{
	const __u64 *src = (const __u64 *)pkt->src, *dst = (const __u64 *)pkt->dst;

	if (pkt->family == FAMILY_V4) {
		subject->address[0] = (__u64)pkt->dst[0] << 32 | pkt->src[0];
	} else {
		subject->address[0] = src[0];
		subject->address[1] = src[1];
		subject->address[2] = dst[0];
		subject->address[3] = dst[1];
	}
	subject->packed = GUARDS | (__u64)pkt->sport << PACKED_SPORT | (__u64)pkt->dport << PACKED_DPORT |
			  (__u64)pkt->proto << PACKED_PROTO | (__u64)pkt->icmp_type << PACKED_ICMP_TYPE |
			  (__u64)pkt->icmp_code << PACKED_ICMP_CODE;
	subject->interface = pkt->interface;
	subject->lacks = (~pkt->has & 0xF) << BOX_NEEDS_SHIFT;
}

/*
 * 0 when the packet lies within the terms, by those numbers whose guards are given. No branches, here and where addresses
 * are compared: after each, the verifier would follow both ways through the rest of the search.
 */
static __always_inline __u64 outside(const struct box_terms *terms, const struct subject *subject, __u64 guards)
{
	__u64 inside = (subject->packed - terms->low) & (terms->high - (subject->packed & ~GUARDS));

	return (~inside & guards) | (terms->fate & subject->lacks);
}

/* 0 when the packet comes by one of the interfaces. */
static __always_inline __u64 elsewhere(const struct box_terms *terms, const struct subject *subject)
{
	__u64 among = terms->interfaces & subject->interface;
	__u64 sign = among | -among; /* its top bit is set unless among is 0 */

	asm volatile("" : "+r"(sign)); /* the compiler would make it a branch */
	return ~sign >> 63;
}

/*
 * Takes note of a box that matches; 1 when it ends the search. maybe: it matches or not, depending on what this hook cannot
 * know. Global, so that the verifier checks it by itself, not with every turn of a search.
 */
__noinline int meet(struct scan *scan, __u32 fate, __u32 mark, bool maybe)
{
	__u8 action = BOX_ACTION(fate);
	__s32 rule = BOX_RULE(fate);

	if (!scan)
		return 1;
	if (action == BOX_LOG || action == BOX_MARK) {
		__u8 at = scan->logged_count;

		if (maybe)
			return 0;
		if (action == BOX_MARK && !(fate & BOX_AUDIT)) {
			scan->mark = mark;
			scan->marked = 1;
			return 0;
		}
		/* boxes of one rule stand together and may overlap: one report a packet */
		if (scan->last_logged == rule)
			return 0;
		scan->last_logged = rule;
		if (at < LOGGED_MAX)
			scan->logged[at & (LOGGED_MAX - 1)] = rule;
		if (at < 255)
			scan->logged_count = at + 1;
		return 0;
	}
	if (fate & BOX_AUDIT) {
		if (!maybe && scan->audit == NO_RULE) {
			scan->audit = rule;
			scan->audit_denies = action == BOX_DENY;
		}
		return 0;
	}
	if (maybe) {
		if (action == BOX_ALLOW)
			scan->maybe_allowed = 1;
		return 0;
	}
	scan->rule = rule;
	scan->action = action;
	scan->is_default = !!(fate & BOX_DEFAULT);
	return 1;
}

static __always_inline void point_of(__u32 *point, const struct packet *pkt)
{
	__u32 sport = 0, dport = 0;

	if (pkt->has & HAS_PORTS) {
		sport = pkt->sport + 1;
		dport = pkt->dport + 1;
	} else if (pkt->has & HAS_ICMP) {
		dport = ICMP_PLACE + (pkt->icmp_type << 8) + pkt->icmp_code;
	}
	if (pkt->family != FAMILY_V4) {
#pragma unroll
		for (int i = 0; i < 4; i++) {
			point[i] = bpf_ntohl(pkt->src[i]);
			point[4 + i] = bpf_ntohl(pkt->dst[i]);
		}
		point[8] = sport;
		point[9] = dport;
		point[10] = pkt->proto;
		point[11] = !(pkt->has & HAS_INGRESS);
		return;
	}
	point[0] = bpf_ntohl(pkt->src[0]);
	point[1] = bpf_ntohl(pkt->dst[0]);
	point[2] = sport;
	point[3] = dport;
	point[4] = pkt->proto;
	point[5] = !(pkt->has & HAS_INGRESS);
}

/* The leaf of a point. */
static __always_inline __u64 descend(const struct bank *bank, const __u32 *point, __u32 root)
{
	__u64 node = word_at(bank, root);

	for (int i = 0; i < TREE_DEPTH_MAX; i++) {
		__u32 dimension = NODE_DIMENSION(node);
		__u32 place = NODE_PLACE(node);

		if (dimension == NODE_LEAF)
			break;
		node = word_at(bank, point[dimension] < NODE_NUMBER(node) ? place : place + 1);
	}
	return node;
}

static __always_inline void scan_begin(struct scan *scan)
{
	scan->rule = NO_RULE;
	scan->audit = NO_RULE;
	scan->action = 0;
	scan->is_default = 0;
	scan->audit_denies = 0;
	scan->marked = 0;
	scan->mark = 0;
	scan->maybe_allowed = 0;
	scan->logged_count = 0;
	scan->last_logged = NO_RULE;
}

static __always_inline const struct bank *bank_of(__u64 descriptor)
{
	__u32 bank = DESCRIPTOR_BANK(descriptor);

	return bpf_map_lookup_elem(&banks, &bank);
}

/* Looks at the next box of all leaves; 1 ends the search. */
static __always_inline long look(struct view *view)
{
	const struct bank *bank = view->bank;
	struct runs *runs = view->runs;
	__u64 head = smaller(smaller(runs->head[0], runs->head[1]), smaller(runs->head[2], runs->head[3]));
	__u32 number = head >> 2, run = head & 3;
	const struct subject *subject = &view->subject;
	const struct box_terms *terms;
	const __u64 *box;
	__u64 differs;

	if (number == NO_BOX)
		return 1;
	runs->head[run] = (__u64)entry_at(bank, runs->next[run]) << 2 | run;
	runs->next[run]++;
	if (view->is_v4) {
		box = &bank->word[(view->boxes + number * (sizeof(struct box4) / 8)) & (BANK_WORDS - 1)];
		terms = (const struct box_terms *)&box[2];
		differs = (subject->address[0] ^ box[0]) & box[1];
	} else {
		box = &bank->word[(view->boxes + number * (sizeof(struct box6) / 8)) & (BANK_WORDS - 1)];
		terms = (const struct box_terms *)&box[8];
		differs = ((subject->address[0] ^ box[0]) & box[4]) | ((subject->address[1] ^ box[1]) & box[5]) |
			  ((subject->address[2] ^ box[2]) & box[6]) | ((subject->address[3] ^ box[3]) & box[7]);
	}
	if (differs | outside(terms, subject, GUARDS) | elsewhere(terms, subject))
		return 0;
	return meet(view->scan, terms->fate, terms->mark, false);
}

static long look_on(__u32 index, void *view)
{
	return look(view) ? 1 : 0; /* the verifier must see that it is one of these */
}

/* The boxes of all leaves in their order, until one ends the search. */
static __always_inline int search_boxes(struct view *view)
{
	for (int i = 0; i < CANDIDATES_LOOP; i++)
		if (look(view))
			return 0;
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop))
		bpf_loop(CANDIDATES_MAX, look_on, view, 0);
	return 0;
}

/*
 * Judges scan->pkt by the generation of the descriptor. What no box decides is left undecided (action 0). Global, so that
 * the verifier checks it by itself.
 */
__noinline int classify(struct scan *scan, __u64 descriptor)
{
	const struct bank *bank = bank_of(descriptor);
	const struct space *space;
	struct search *search;
	struct view view = {};
	struct runs *runs;
	__u32 zero = 0;

	search = bpf_map_lookup_elem(&searches, &zero);
	if (!scan || !bank || !search)
		return 0;
	runs = &search->runs;
	scan_begin(scan);
	point_of(search->point, &scan->pkt);
	space = &bank->space[scan->pkt.family != FAMILY_V4];
#pragma unroll
	for (__u32 i = 0; i < TREES_MAX; i++) {
		runs->head[i] = (__u64)NO_BOX << 2 | i;
		if (i < space->trees)
			begin(bank, runs, i, descend(bank, search->point, space->root[i]));
	}
	view.scan = scan;
	view.bank = bank;
	view.runs = runs;
	view.boxes = space->boxes;
	subject_of(&view.subject, &scan->pkt);
	view.is_v4 = scan->pkt.family == FAMILY_V4;
	return search_boxes(&view);
}

/* 0 when the box asks neither for a source nor for an interface. */
static __always_inline __u64 asks_source(const struct box_terms *terms, __u64 address_mask)
{
	return address_mask | (terms->low & 0xFFFF) | (~terms->high & 0xFFFF) | ~terms->interfaces;
}

static __always_inline int search_connect(struct scan *scan, const struct bank *bank, __u32 boxes, __u32 next, bool is_v4)
{
	struct subject subject;

	subject_of(&subject, &scan->pkt);
	for (int i = 0; i < CONNECT_CANDIDATES_MAX; i++) {
		__u32 number = entry_at(bank, next++);
		const struct box_terms *terms;
		__u64 differs, asks;
		const __u64 *box;

		if (number == NO_BOX)
			return 0;
		if (is_v4) {
			box = &bank->word[(boxes + number * (sizeof(struct box4) / 8)) & (BANK_WORDS - 1)];
			terms = (const struct box_terms *)&box[2];
			differs = ((subject.address[0] ^ box[0]) & box[1]) >> 32;
			asks = asks_source(terms, (__u32)box[1]);
		} else {
			box = &bank->word[(boxes + number * (sizeof(struct box6) / 8)) & (BANK_WORDS - 1)];
			terms = (const struct box_terms *)&box[8];
			differs = ((subject.address[2] ^ box[2]) & box[6]) | ((subject.address[3] ^ box[3]) & box[7]);
			asks = asks_source(terms, box[4] | box[5]);
		}
		if (differs | outside(terms, &subject, GUARDS & ~GUARD_SPORT))
			continue;
		if (meet(scan, terms->fate, terms->mark, !!asks))
			return 0;
	}
	scan->maybe_allowed = 1;
	return 0;
}

/*
 * As classify(), for a connection of which source address, source port and interface are not known; then a decision is final
 * only when !maybe_allowed. Its point stands on the stack, as tasks that connect can be preempted by others.
 */
__noinline int classify_connect(struct scan *scan, __u64 descriptor)
{
	const struct bank *bank = bank_of(descriptor);
	const struct space *space;
	__u32 point[16];
	__u32 next;

	if (!scan || !bank)
		return 0;
	scan_begin(scan);
	point_of(point, &scan->pkt);
	space = &bank->space[scan->pkt.family != FAMILY_V4];
	if (space->trees == 0)
		return 0;
	next = NODE_PLACE(descend(bank, point, space->connect_root));
	if (scan->pkt.family == FAMILY_V4)
		return search_connect(scan, bank, space->boxes, next, true);
	return search_connect(scan, bank, space->boxes, next, false);
}

#endif
