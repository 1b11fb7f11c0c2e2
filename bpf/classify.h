/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The search. Each rule was expanded by the agent to the product of its prefixes and ranges, boxes in the order of the
 * table; the first box that ends the search decides. Decision trees lead to the few boxes that may hold a packet
 * (Classifier.java says how they were grown). A space has several trees where one would be too large; their leaves are searched
 * one after the other, and merged only when boxes that merely take note hold the packet. Bounded loops, as a call of bpf_loop
 * for each box would cost more; it is for the merging, where the kernel has it (Linux 5.17). Edits, boxes that the trees do not
 * know, are looked at first: the one that a packet lies in bounds what the trees are asked for (TableEdit.java).
 */
#ifndef SEGMENTATION_CLASSIFY_H
#define SEGMENTATION_CLASSIFY_H

#include "maps.h"
#include "parse.h"

#define LOGGED_MAX 8 /* log and mark rules of one packet that make events; those beyond count as lost events */

#define ICMP_PLACE 0x20000 /* where type and code begin in the dimension of the destination port */

#define PASSES 0xFFFFFFFE /* in place of a box */

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
	__u8 maybe_allowed; /* a box that could match has allowed, or not all were looked at (connect hooks) */
	__u8 logged_count;
	__u8 dscp; /* to be set, plus one; 0 for none */
	__u8 unused;
	__s32 last_logged;
	__s32 logged[LOGGED_MAX]; /* the first of logged_count */
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

/* Two words as they stand in memory. Loaded one by one, as they were stored: the CPU has them at hand then. */
static __always_inline __u64 pair(__be32 first, __be32 second)
{
	return (__u64)second << 32 | first;
}

static __always_inline void subject_of(struct subject *subject, const struct packet *pkt)
{
	if (pkt->family == FAMILY_V4) {
		subject->address[0] = pair(pkt->src[0], pkt->dst[0]);
	} else {
		subject->address[0] = pair(pkt->src[0], pkt->src[1]);
		subject->address[1] = pair(pkt->src[2], pkt->src[3]);
		subject->address[2] = pair(pkt->dst[0], pkt->dst[1]);
		subject->address[3] = pair(pkt->dst[2], pkt->dst[3]);
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
__noinline int meet(struct scan *scan, __u32 fate, __u32 argument, bool maybe)
{
	__u8 action = BOX_ACTION(fate);
	__s32 rule = BOX_RULE(fate);

	if (!scan)
		return 1;
	if (action > BOX_RATE_LIMIT) {
		__u8 at = scan->logged_count;

		if (maybe)
			return 0;
		if (action == BOX_MARK && !(fate & BOX_AUDIT)) {
			scan->mark = argument;
			scan->marked = 1;
			return 0;
		}
		if (action == BOX_DSCP && !(fate & BOX_AUDIT)) {
			scan->dscp = argument + 1;
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
			scan->audit_limit = action == BOX_RATE_LIMIT ? argument : 0;
		}
		return 0;
	}
	if (maybe) {
		if (action != BOX_DENY)
			scan->maybe_allowed = 1;
		return 0;
	}
	scan->rule = rule;
	scan->action = action;
	scan->limit = action == BOX_RATE_LIMIT ? argument : 0;
	scan->is_default = !!(fate & BOX_DEFAULT);
	return 1;
}

static __always_inline bool ends(__u32 fate)
{
	return !(fate & BOX_AUDIT) && BOX_ACTION(fate) <= BOX_RATE_LIMIT;
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
	scan->limit = 0;
	scan->audit_limit = 0;
	scan->dscp = 0;
	scan->maybe_allowed = 0;
	scan->logged_count = 0;
	scan->last_logged = NO_RULE;
}

static __always_inline const struct bank *bank_of(__u64 descriptor)
{
	__u32 bank = DESCRIPTOR_BANK(descriptor);

	return bpf_map_lookup_elem(&banks, &bank);
}

/* The terms of a box; misses is 0 when the packet lies in it. */
static __always_inline const struct box_terms *box_of(const struct bank *bank, __u32 boxes, __u32 number,
						      const struct subject *subject, bool is_v4, __u64 *misses)
{
	__u32 size = (is_v4 ? sizeof(struct box4) : sizeof(struct box6)) / 8;
	const __u64 *box = &bank->word[(boxes + number * size) & (BANK_WORDS - 1)];
	const struct box_terms *terms = (const struct box_terms *)&box[is_v4 ? 2 : 8];
	__u64 differs;

	if (is_v4)
		differs = (subject->address[0] ^ box[0]) & box[1];
	else
		differs = ((subject->address[0] ^ box[0]) & box[4]) | ((subject->address[1] ^ box[1]) & box[5]) |
			  ((subject->address[2] ^ box[2]) & box[6]) | ((subject->address[3] ^ box[3]) & box[7]);
	*misses = differs | outside(terms, subject, GUARDS) | elsewhere(terms, subject);
	return terms;
}

/* How a search of one leaf ends. */
enum leaf_end {
	LEAF_TOO_LONG,
	LEAF_DECIDED,
	LEAF_PASSED, /* no box below the limit ended it */
};

/* The boxes of one leaf in their order, those whose numbers are below the limit, until one ends the search. */
static __always_inline enum leaf_end search_leaf(struct scan *scan, const struct bank *bank, __u32 boxes, __u64 leaf,
						 __u32 limit, const struct subject *subject, bool is_v4)
{
	__u32 next = NODE_PLACE(leaf);

	for (int i = 0; i < LEAF_LOOP; i++) {
		__u32 number = entry_at(bank, next++);
		const struct box_terms *terms;
		__u64 misses;

		if (number >= limit)
			return LEAF_PASSED;
		terms = box_of(bank, boxes, number, subject, is_v4, &misses);
		/* two ifs: as one condition, clang 14 lets the loop fall through to its beginning, which Linux 6.1 refuses */
		if (misses)
			continue;
		if (meet(scan, terms->fate, terms->argument, false))
			return LEAF_DECIDED;
	}
	return LEAF_TOO_LONG;
}

static __always_inline __u32 first_edit(const struct bank *bank, const struct space *space, const struct subject *subject,
					bool is_v4)
{
	for (__u32 i = 0; i < EDITS_MAX; i++) {
		__u64 misses;

		if (i >= space->edits)
			break;
		box_of(bank, space->edit_boxes, i, subject, is_v4, &misses);
		if (!misses)
			return i;
	}
	return EDITS_MAX;
}

/*
 * The first of the edits that the subject of a search lies in, all of which end it; EDITS_MAX when there is none. Global, so
 * that the verifier forgets which one it is: it would follow each through the rest.
 */
__noinline int search_edits(__u64 descriptor, __u32 with, bool is_v4)
{
	const struct bank *bank = bank_of(descriptor);
	struct search *search = bpf_map_lookup_elem(&searches, &with);

	if (!bank || !search)
		return EDITS_MAX;
	return is_v4 ? first_edit(bank, &bank->space[0], &search->subject, true)
		     : first_edit(bank, &bank->space[1], &search->subject, false);
}

/*
 * The box of a leaf that ends the search, if its number is below best; else best. Boxes that only take note do not fit this
 * order: PASSES when the packet lies in one of them below, or when there are more than it looks at.
 */
static __always_inline __u32 first_in_leaf(const struct bank *bank, __u32 boxes, __u64 leaf, __u32 best,
					   const struct subject *subject, bool is_v4)
{
	__u32 next = NODE_PLACE(leaf);

	for (int i = 0; i < LEAF_LOOP; i++) {
		__u32 number = entry_at(bank, next++);
		const struct box_terms *terms;
		__u64 misses;

		if (number >= best)
			return best;
		terms = box_of(bank, boxes, number, subject, is_v4, &misses);
		if (!misses)
			return ends(terms->fate) ? number : PASSES;
	}
	return PASSES;
}

/* What a merging search works with. Small, as with Linux 6.1 all stacks of a call together have 512 bytes. */
struct view {
	struct scan *scan;
	const struct bank *bank;
	struct search *search;
	__u32 boxes; /* where they begin in the bank */
	__u32 limit; /* boxes from this number on are not asked */
	__u32 is_v4;
};

/* Of numbers below 2^63. No branch: after one, the verifier would follow both ways through the rest of the search. */
static __always_inline __u64 smaller(__u64 a, __u64 b)
{
	__s64 difference = a - b;

	asm volatile("" : "+r"(difference)); /* the compiler would make it a branch */
	return b + (difference & difference >> 63);
}

/* Looks at the next box of all leaves; 1 ends the search. */
static __always_inline long look(struct view *view)
{
	struct leaves *leaves = &view->search->leaves;
	__u64 head = smaller(smaller(leaves->head[0], leaves->head[1]), smaller(leaves->head[2], leaves->head[3]));
	__u32 number = head >> 2, leaf = head & 3;
	const struct box_terms *terms;
	__u64 misses;

	if (number >= view->limit)
		return 1;
	leaves->head[leaf] = (__u64)entry_at(view->bank, leaves->next[leaf]) << 2 | leaf;
	leaves->next[leaf]++;
	if (view->is_v4)
		terms = box_of(view->bank, view->boxes, number, &view->search->subject, true, &misses);
	else
		terms = box_of(view->bank, view->boxes, number, &view->search->subject, false, &misses);
	if (misses)
		return 0;
	return meet(view->scan, terms->fate, terms->argument, false) ? 1 : 0;
}

/* A function of its own also where it is called: else clang 14 lays the loop out as Linux 6.1 refuses. */
static __noinline long look_on(__u32 index, void *view)
{
	return look(view);
}

/*
 * The boxes of several leaves in their common order, until one ends the search. Each leaf stands for the box at its head,
 * with the number of the leaf below that of the box: one comparison then says both which is first and whose it is.
 */
static __always_inline void search_merged(struct view *view)
{
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop)) {
		bpf_loop(CANDIDATES_MAX, look_on, view, 0);
		return;
	}
	for (int i = 0; i < CANDIDATES_LOOP; i++)
		if (look_on(i, view))
			return;
}

static __always_inline void decide_by(struct scan *scan, const struct bank *bank, __u32 boxes, __u32 number,
				      const struct subject *subject, bool is_v4)
{
	__u64 misses;
	const struct box_terms *terms = box_of(bank, boxes, number, subject, is_v4, &misses);

	meet(scan, terms->fate, terms->argument, false);
}

static __always_inline void classify_space(struct scan *scan, const struct bank *bank, const struct space *space,
					   struct search *search, __u64 descriptor, __u32 with, bool is_v4)
{
	struct leaves *leaves = &search->leaves;
	struct view view = {};
	__u32 best = NO_BOX, limit = NO_BOX, edit = EDITS_MAX;
	enum leaf_end end = LEAF_TOO_LONG;
	__u64 leaf;

	subject_of(&search->subject, &scan->pkt);
	if (space->edits)
		edit = search_edits(descriptor, with, is_v4);
	if (edit < EDITS_MAX)
		best = limit = space->before[edit];
#pragma unroll
	for (__u32 i = 0; i < TREES_MAX; i++) {
		leaves->head[i] = (__u64)NO_BOX << 2 | i;
		if (i >= space->trees)
			continue;
		leaf = descend(bank, search->point, space->root[i]);
		if (i == 0 && space->trees == 1) {
			end = search_leaf(scan, bank, space->boxes, leaf, limit, &search->subject, is_v4);
			if (end != LEAF_TOO_LONG)
				break;
		}
		leaves->head[i] = (__u64)entry_at(bank, NODE_PLACE(leaf)) << 2 | i;
		leaves->next[i] = NODE_PLACE(leaf) + 1;
		if (best != PASSES)
			best = first_in_leaf(bank, space->boxes, leaf, best, &search->subject, is_v4);
	}
	if (end == LEAF_DECIDED)
		return;
	if (best == PASSES) {
		scan_begin(scan);
		view.scan = scan;
		view.bank = bank;
		view.search = search;
		view.boxes = space->boxes;
		view.limit = limit;
		view.is_v4 = is_v4;
		search_merged(&view);
		if (scan->action)
			return;
	} else if (best != limit) {
		decide_by(scan, bank, space->boxes, best, &search->subject, is_v4);
		return;
	}
	if (edit < EDITS_MAX)
		decide_by(scan, bank, space->edit_boxes, edit, &search->subject, is_v4);
}

/*
 * Judges scan->pkt by the generation of the descriptor, with one of the searches of this CPU. What no box decides is left
 * undecided (action 0). Global, so that the verifier checks it by itself.
 */
__noinline int classify(struct scan *scan, __u64 descriptor, __u32 with)
{
	const struct bank *bank = bank_of(descriptor);
	struct search *search;

	search = bpf_map_lookup_elem(&searches, &with);
	if (!scan || !bank || !search)
		return 0;
	scan_begin(scan);
	point_of(search->point, &scan->pkt);
	if (scan->pkt.family == FAMILY_V4)
		classify_space(scan, bank, &bank->space[0], search, descriptor, with, true);
	else
		classify_space(scan, bank, &bank->space[1], search, descriptor, with, false);
	return 0;
}

/* 0 when the box asks neither for a source nor for an interface. */
static __always_inline __u64 asks_source(const struct box_terms *terms, __u64 address_mask)
{
	return address_mask | (terms->low & 0xFFFF) | (~terms->high & 0xFFFF) | ~terms->interfaces;
}

/* All bits when a is below b, else none. No branch, as in smaller(). */
static __always_inline __u32 less(__u32 a, __u32 b)
{
	__s64 difference = (__u64)a - b;

	asm volatile("" : "+r"(difference)); /* the compiler would make it a branch */
	return (__u64)(difference >> 63);
}

static __always_inline int search_connect(struct scan *scan, const struct bank *bank, const struct space *space,
					  __u64 leaf, bool is_v4)
{
	__u32 next = NODE_PLACE(leaf), edit = 0, size = (is_v4 ? sizeof(struct box4) : sizeof(struct box6)) / 8;
	struct subject subject;

	subject_of(&subject, &scan->pkt);
	for (int i = 0; i < LEAF_LOOP; i++) {
		__u32 number = entry_at(bank, next), is_edit, place;
		const struct box_terms *terms;
		__u64 differs, asks;
		const __u64 *box;

		is_edit = less(edit, space->edits) & ~less(number, space->before[edit & (EDITS_MAX - 1)]);
		if (!is_edit && number == NO_BOX)
			return 0;
		place = (is_edit & (space->edit_boxes + edit * size)) | (~is_edit & (space->boxes + number * size));
		edit += is_edit & 1;
		next += ~is_edit & 1;
		box = &bank->word[place & (BANK_WORDS - 1)];
		if (is_v4) {
			terms = (const struct box_terms *)&box[2];
			differs = ((subject.address[0] ^ box[0]) & box[1]) >> 32;
			asks = asks_source(terms, (__u32)box[1]);
		} else {
			terms = (const struct box_terms *)&box[8];
			differs = ((subject.address[2] ^ box[2]) & box[6]) | ((subject.address[3] ^ box[3]) & box[7]);
			asks = asks_source(terms, box[4] | box[5]);
		}
		if (differs | outside(terms, &subject, GUARDS & ~GUARD_SPORT))
			continue;
		if (meet(scan, terms->fate, terms->argument, !!asks))
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
	__u64 leaf;

	if (!scan || !bank)
		return 0;
	scan_begin(scan);
	point_of(point, &scan->pkt);
	space = &bank->space[scan->pkt.family != FAMILY_V4];
	if (space->trees == 0)
		return 0;
	leaf = descend(bank, point, space->connect_root);
	if (scan->pkt.family == FAMILY_V4)
		return search_connect(scan, bank, space, leaf, true);
	return search_connect(scan, bank, space, leaf, false);
}

#endif
