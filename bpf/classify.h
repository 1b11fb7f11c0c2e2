/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The search. Each rule was expanded by the agent to the product of its prefixes and ranges, boxes in the order of the
 * table; the first box that ends the search decides. Decision trees lead to the few boxes that may hold a packet
 * (Classifier.java says how they were grown). A space has several trees where one would be too large; their leaves are searched
 * one after the other, and merged only when boxes that merely take note hold the packet. Edits, boxes that the trees do not
 * know, are looked at first: the one that a packet lies in bounds what the trees are asked for (TableEdit.java).
 */
#ifndef SEGMENTATION_CLASSIFY_H
#define SEGMENTATION_CLASSIFY_H

#include "branchless.h"
#include "parse.h"
#include "work.h"

#define ICMP_PLACE 0x20000 /* where type and code begin in the dimension of the destination port */

#define PASSES 0xFFFFFFFE /* in place of a box */

/* The dimension of the class of the source, before that of the destination. */
#define CLASSES_V4 6
#define CLASSES_V6 12

/* A bank, and what bounds a place in it. The verifier knows the settings as constants. */
struct table {
	const struct bank *bank;
	__u32 mask;
};

static __always_inline struct table table_of(__u32 bank)
{
	return (struct table){ bpf_map_lookup_elem(&banks, &bank), settings.bank_words - 1 };
}

static __always_inline __u64 word_at(struct table table, __u32 place)
{
	return table.bank->word[place & table.mask];
}

/* An entry of a run, whose place is counted in 4 bytes. */
static __always_inline __u32 entry_at(struct table table, __u32 place)
{
	const __u32 *entries = (const __u32 *)table.bank->word;

	return entries[place & (2 * table.mask + 1)];
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
	subject->outside_sets = 0;
	subject->classes = 0;
	subject->lacks = (~pkt->has & 0xF) << BOX_NEEDS_SHIFT;
}

/*
 * 0 when the packet lies within the terms, by those numbers whose guards are given. No branches, here and where addresses
 * are compared: after each, the verifier would follow both ways through the rest of the search.
 */
static __always_inline __u64 outside(const struct box_terms *terms, const struct subject *subject, __u64 guards)
{
	__u64 inside = (subject->packed - terms->low) & (terms->high - (subject->packed & ~GUARDS));

	return (~inside & guards) | (terms->bits & subject->outside_sets) | (terms->fate & subject->lacks);
}

/* 0 when the classes of the packet's addresses lie within the box's, by those whose guards are given. */
static __always_inline __u64 outside_classes(const struct box_terms *terms, const struct subject *subject, __u32 guards)
{
	__u32 low = terms->classes, high = terms->classes >> 32;
	__u32 inside = ((subject->classes | CLASS_SOURCE_GUARD | CLASS_DEST_GUARD) - low) & (high - subject->classes);

	return ~inside & guards;
}

/* 0 when the packet comes by one of the interfaces. */
static __always_inline __u64 elsewhere(const struct box_terms *terms, const struct subject *subject)
{
	__u64 among = terms->bits & subject->interface;

	return ~sign_of(among | -among); /* whose top bit is set unless among is 0 */
}

/* Whether a box that matches makes an event by itself. */
static __always_inline bool is_logged(__u32 fate)
{
	return BOX_ACTION(fate) == BOX_LOG || (fate & BOX_AUDIT && BOX_ACTION(fate) > BOX_RATE_LIMIT);
}

/*
 * Takes note of a box that the packet at work lies in and that does not end the search. Global, so that the verifier checks it
 * by itself, not with every turn of a search.
 */
__noinline int note(__u32 index, __u32 fate, __u32 argument)
{
	struct work *work = work_at(index);
	__u8 action = BOX_ACTION(fate);
	__s32 rule = BOX_RULE(fate);
	struct scan *scan;

	if (!work)
		return 0;
	scan = &work->scan;
	if (action > BOX_RATE_LIMIT) {
		__u8 at = scan->logged_count;

		if (!is_logged(fate)) {
			if (action == BOX_MARK) {
				scan->mark = argument;
				scan->marked = 1;
			} else {
				scan->dscp = argument + 1;
			}
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
	if (scan->audit == NO_RULE) {
		scan->audit = rule;
		scan->audit_denies = action == BOX_DENY;
		scan->audit_limit = action == BOX_RATE_LIMIT ? argument : 0;
	}
	return 0;
}

static __always_inline bool ends(__u32 fate)
{
	return !(fate & BOX_AUDIT) && BOX_ACTION(fate) <= BOX_RATE_LIMIT;
}

static __always_inline void decide_by(struct scan *scan, const struct box_terms *terms)
{
	__u32 fate = terms->fate;

	scan->rule = BOX_RULE(fate);
	scan->action = BOX_ACTION(fate);
	scan->limit = BOX_ACTION(fate) == BOX_RATE_LIMIT ? terms->argument : 0;
	scan->is_default = !!(fate & BOX_DEFAULT);
}

/* What a box does that the packet at work lies in; true when it ends the search. */
static __always_inline bool meet(__u32 index, struct scan *scan, const struct box_terms *terms)
{
	if (!ends(terms->fate)) {
		note(index, terms->fate, terms->argument);
		return false;
	}
	decide_by(scan, terms);
	return true;
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
static __always_inline __u64 descend(struct table table, const __u32 *point, __u32 root)
{
	__u64 node = word_at(table, root);

	for (int i = 0; i < TREE_DEPTH_MAX; i++) {
		__u32 dimension = NODE_DIMENSION(node);
		__u32 place = NODE_PLACE(node);

		if (dimension == NODE_LEAF)
			break;
		node = word_at(table, point[dimension] < NODE_NUMBER(node) ? place : place + 1);
	}
	return node;
}

/* The word of the class of a packet's source (0) or destination (1); its number goes into the point, too. */
static __always_inline __u64 class_of(struct table table, const struct space *space, __u32 *point, __u32 side,
				      __u32 dimension)
{
	__u32 place = NODE_PLACE(descend(table, point, space->class_root[side]));

	point[dimension + side] = place - space->class_words[side];
	return word_at(table, place);
}

static __always_inline void find_classes_of(struct search *search, struct table table, const struct space *space,
					    __u32 dimension)
{
	search->subject.outside_sets = (space->set_bits[0] & ~class_of(table, space, search->point, 0, dimension)) |
				       (space->set_bits[1] & ~class_of(table, space, search->point, 1, dimension));
	search->subject.classes = search->point[dimension] | search->point[dimension + 1] << CLASS_DEST_SHIFT;
}

/* Finds the classes of the addresses of the packet at work. Global, so that the verifier checks it by itself. */
__noinline int find_classes(__u32 index)
{
	struct work *work = work_at(index);
	struct search *search;
	struct table table;

	if (!work)
		return 0;
	search = &work->search;
	table = table_of(search->bank);
	if (!table.bank)
		return 0;
	if (search->is_v4)
		find_classes_of(search, table, &table.bank->space[0], CLASSES_V4);
	else
		find_classes_of(search, table, &table.bank->space[1], CLASSES_V6);
	return 0;
}

static __always_inline void forget_boxes(struct scan *scan)
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
	scan->logged_count = 0;
	scan->last_logged = NO_RULE;
}

static __always_inline void scan_begin(struct scan *scan)
{
	__builtin_memset(&scan->pkt, 0, sizeof(scan->pkt));
	forget_boxes(scan);
}

/* The terms of a box; misses is 0 when the packet lies in it. */
static __always_inline const struct box_terms *box_of(struct table table, __u32 boxes, __u32 number,
						      const struct subject *subject, bool is_v4, __u64 *misses)
{
	__u32 size = (is_v4 ? sizeof(struct box4) : sizeof(struct box6)) / 8;
	const __u64 *box = &table.bank->word[(boxes + number * size) & table.mask];
	const struct box_terms *terms = (const struct box_terms *)&box[is_v4 ? 2 : 8];
	__u64 differs;

	if (is_v4)
		differs = (subject->address[0] ^ box[0]) & box[1];
	else
		differs = ((subject->address[0] ^ box[0]) & box[4]) | ((subject->address[1] ^ box[1]) & box[5]) |
			  ((subject->address[2] ^ box[2]) & box[6]) | ((subject->address[3] ^ box[3]) & box[7]);
	*misses = differs | outside(terms, subject, GUARDS) | elsewhere(terms, subject) |
		  outside_classes(terms, subject, CLASS_SOURCE_GUARD | CLASS_DEST_GUARD);
	return terms;
}

/* How a search of one leaf ends. */
enum leaf_end {
	LEAF_TOO_LONG,
	LEAF_DECIDED,
	LEAF_PASSED, /* no box below the limit ended it */
};

/* The boxes of one leaf in their order, those whose numbers are below the limit, until one ends the search. */
static __always_inline enum leaf_end search_leaf(__u32 index, struct work *work, struct table table, __u32 boxes, __u64 leaf,
						 __u32 limit, bool is_v4)
{
	__u32 next = NODE_PLACE(leaf);

	for (int i = 0; i < LEAF_LOOP; i++) {
		__u32 number = entry_at(table, next++);
		const struct box_terms *terms;
		__u64 misses;

		if (number >= limit)
			return LEAF_PASSED;
		terms = box_of(table, boxes, number, &work->search.subject, is_v4, &misses);
		/* two ifs: as one condition, clang 14 lets the loop fall through to its beginning, which Linux 6.1 refuses */
		if (misses)
			continue;
		if (meet(index, &work->scan, terms))
			return LEAF_DECIDED;
	}
	return LEAF_TOO_LONG;
}

static __always_inline __u32 first_edit(struct table table, const struct space *space, const struct subject *subject,
					bool is_v4)
{
	for (__u32 i = 0; i < EDITS_MAX; i++) {
		__u64 misses;

		if (i >= space->edits)
			break;
		box_of(table, space->edit_boxes, i, subject, is_v4, &misses);
		if (!misses)
			return i;
	}
	return EDITS_MAX;
}

/*
 * The first of the edits that the subject of a search lies in, all of which end it; EDITS_MAX when there is none. Global, so
 * that the verifier forgets which one it is: it would follow each through the rest.
 */
__noinline int search_edits(__u32 index)
{
	struct work *work = work_at(index);
	struct table table;

	if (!work)
		return EDITS_MAX;
	table = table_of(work->search.bank);
	if (!table.bank)
		return EDITS_MAX;
	return work->search.is_v4 ? first_edit(table, &table.bank->space[0], &work->search.subject, true)
				  : first_edit(table, &table.bank->space[1], &work->search.subject, false);
}

/*
 * The box of a leaf that ends the search, if its number is below best; else best. Boxes that only take note do not fit this
 * order: PASSES when the packet lies in one of them below, or when there are more than it looks at.
 */
static __always_inline __u32 first_in_leaf(struct table table, __u32 boxes, __u64 leaf, __u32 best,
					   const struct subject *subject, bool is_v4)
{
	__u32 next = NODE_PLACE(leaf);

	for (int i = 0; i < LEAF_LOOP; i++) {
		__u32 number = entry_at(table, next++);
		const struct box_terms *terms;
		__u64 misses;

		if (number >= best)
			return best;
		terms = box_of(table, boxes, number, subject, is_v4, &misses);
		if (!misses)
			return ends(terms->fate) ? number : PASSES;
	}
	return PASSES;
}

/* Of numbers below 2^63. */
static __always_inline __u64 smaller(__u64 a, __u64 b)
{
	__s64 difference = a - b;

	return b + (difference & sign_of(difference));
}

/* Looks at the next box of all leaves; 1 ends the search. */
static __always_inline int look(__u32 index, struct work *work, struct table table, __u32 boxes, bool is_v4)
{
	struct search *search = &work->search;
	struct leaves *leaves = &search->leaves;
	__u64 head = smaller(smaller(leaves->head[0], leaves->head[1]), smaller(leaves->head[2], leaves->head[3]));
	__u32 number = head >> 2, leaf = head & 3;
	const struct box_terms *terms;
	__u64 misses;

	if (number >= search->limit)
		return 1;
	leaves->head[leaf] = (__u64)entry_at(table, leaves->next[leaf]) << 2 | leaf;
	leaves->next[leaf]++;
	terms = box_of(table, boxes, number, &search->subject, is_v4, &misses);
	if (misses)
		return 0;
	return meet(index, &work->scan, terms) ? 1 : 0;
}

static __always_inline int look_on(__u32 index, struct work *work, struct table table, bool is_v4)
{
	__u32 boxes = table.bank->space[!is_v4].boxes;

	for (int i = 0; i < MERGE_LOOP; i++)
		if (look(index, work, table, boxes, is_v4))
			return 1;
	return 0;
}

/*
 * The boxes of several leaves in their common order, until one ends the search, which 1 says. Each leaf stands for the box at
 * its head, with the number of the leaf below that of the box: one comparison then says both which is first and whose it is.
 * Loops of global functions, each of which the verifier checks once: so they reach as far as their product.
 */
__noinline int merge_few(__u32 index)
{
	struct work *work = work_at(index);
	struct table table;

	if (!work)
		return 1;
	table = table_of(work->search.bank);
	if (!table.bank)
		return 1;
	return work->search.is_v4 ? look_on(index, work, table, true)
				  : look_on(index, work, table, false);
}

__noinline int merge_more(__u32 index)
{
	for (int i = 0; i < MERGE_LOOP; i++)
		if (merge_few(index))
			return 1;
	return 0;
}

static __always_inline void merge(__u32 index)
{
	for (int i = 0; i < MERGE_LOOP; i++)
		if (merge_more(index))
			return;
}

static __always_inline void decide_by_number(struct work *work, struct table table, __u32 boxes, __u32 number, bool is_v4)
{
	__u64 misses;

	decide_by(&work->scan, box_of(table, boxes, number, &work->search.subject, is_v4, &misses));
}

static __always_inline void classify_space(__u32 index, struct work *work, struct table table, bool is_v4)
{
	const struct space *space = &table.bank->space[!is_v4];
	struct search *search = &work->search;
	struct leaves *leaves = &search->leaves;
	__u32 best = NO_BOX, limit = NO_BOX, edit = EDITS_MAX;
	enum leaf_end end = LEAF_TOO_LONG;
	__u64 leaf;

	search->is_v4 = is_v4;
	subject_of(&search->subject, &work->scan.pkt);
	if (space->class_words[0])
		find_classes(index);
	if (space->edits)
		edit = search_edits(index);
	if (edit < EDITS_MAX)
		best = limit = space->before[edit];
#pragma unroll
	for (__u32 i = 0; i < TREES_MAX; i++) {
		leaves->head[i] = (__u64)NO_BOX << 2 | i;
		if (i >= space->trees)
			continue;
		leaf = descend(table, search->point, space->root[i]);
		if (i == 0 && space->trees == 1) {
			end = search_leaf(index, work, table, space->boxes, leaf, limit, is_v4);
			if (end != LEAF_TOO_LONG)
				break;
		}
		leaves->head[i] = (__u64)entry_at(table, NODE_PLACE(leaf)) << 2 | i;
		leaves->next[i] = NODE_PLACE(leaf) + 1;
		if (best != PASSES)
			best = first_in_leaf(table, space->boxes, leaf, best, &search->subject, is_v4);
	}
	if (end == LEAF_DECIDED)
		return;
	if (best == PASSES) {
		forget_boxes(&work->scan);
		search->limit = limit;
		merge(index);
		if (work->scan.action)
			return;
	} else if (best != limit) {
		decide_by_number(work, table, space->boxes, best, is_v4);
		return;
	}
	if (edit < EDITS_MAX)
		decide_by_number(work, table, space->edit_boxes, edit, is_v4);
}

static __always_inline void classify_with(__u32 index, struct work *work, struct table table)
{
	if (work->scan.pkt.family == FAMILY_V4)
		classify_space(index, work, table, true);
	else
		classify_space(index, work, table, false);
}

/*
 * Judges the packet at work by the generation of the descriptor. What no box decides is left undecided (action 0). Global, so
 * that the verifier checks it by itself.
 */
__noinline int classify(__u64 descriptor, __u32 index)
{
	struct table table = table_of(DESCRIPTOR_BANK(descriptor));
	struct work *work = work_at(index);

	if (!work || !table.bank)
		return 0;
	work->search.bank = DESCRIPTOR_BANK(descriptor);
	point_of(work->search.point, &work->scan.pkt);
	if (settings.bank_words == BANK_WORDS) {
		table.mask = BANK_WORDS - 1; /* costs less as a number of the code than as a setting */
		classify_with(index, work, table);
	} else {
		classify_with(index, work, table);
	}
	return 0;
}

#endif
