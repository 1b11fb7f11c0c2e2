/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The search of connect hooks, by a tree of their own, for a connection of which source address, source port and interface are
 * not known: a box that asks for one of them only may match. Tasks that connect can be preempted by others, so all lies on
 * the stack; and so that the verifier has little to tell apart there, each question walks the leaf anew. All but the first
 * are for connections that are refused.
 */
#ifndef SEGMENTATION_CONNECT_H
#define SEGMENTATION_CONNECT_H

#include "classify.h"
#include "events.h"

struct connection {
	struct packet pkt;
	struct subject subject;
	struct table table;
	const struct space *space;
	__u32 run;
};

/* Where a walk is, and the box that it stands at. */
struct walk {
	__u32 next;
	__u32 edit;
	__u32 fate;
	__u64 misses; /* 0 when the connection lies in the box, as far as is known */
	__u64 asks;   /* 0 when all is known that the box asks for */
};

/* 0 when the box asks neither for a source nor for an interface. */
static __always_inline __u64 asks_source(const struct box_terms *terms, __u64 address_mask, const struct space *space)
{
	return address_mask | (terms->low & 0xFFFF) | (~terms->high & 0xFFFF) | (terms->bits & space->set_bits[0]) |
	       ~(terms->bits | space->set_bits[0] | space->set_bits[1]) | (terms->classes & CLASS_MAX) |
	       (~(terms->classes >> 32) & CLASS_MAX);
}

/* All bits when a is below b, else none. No branch, as in smaller(). */
static __always_inline __u32 less(__u32 a, __u32 b)
{
	__s64 difference = (__u64)a - b;

	asm volatile("" : "+r"(difference)); /* the compiler would make it a branch */
	return (__u64)(difference >> 63);
}

/* Goes to the next box of leaf and edits, in the order of the table; false at the end. */
static __always_inline bool walk_on(struct walk *walk, const struct connection *connection, bool is_v4)
{
	__u32 number = entry_at(connection->table, walk->next), is_edit, place;
	__u32 size = (is_v4 ? sizeof(struct box4) : sizeof(struct box6)) / 8;
	const struct subject *subject = &connection->subject;
	const struct space *space = connection->space;
	const struct box_terms *terms;
	const __u64 *box;
	__u64 differs;

	is_edit = less(walk->edit, space->edits) & ~less(number, space->before[walk->edit & (EDITS_MAX - 1)]);
	if (~is_edit & ~less(number, NO_BOX)) /* one number to ask for: else the verifier would follow edits and others apart */
		return false;
	place = (is_edit & (space->edit_boxes + walk->edit * size)) | (~is_edit & (space->boxes + number * size));
	walk->edit += is_edit & 1;
	walk->next += ~is_edit & 1;
	box = &connection->table.bank->word[place & connection->table.mask];
	if (is_v4) {
		terms = (const struct box_terms *)&box[2];
		differs = ((subject->address[0] ^ box[0]) & box[1]) >> 32;
		walk->asks = asks_source(terms, (__u32)box[1], space);
	} else {
		terms = (const struct box_terms *)&box[8];
		differs = ((subject->address[2] ^ box[2]) & box[6]) | ((subject->address[3] ^ box[3]) & box[7]);
		walk->asks = asks_source(terms, box[4] | box[5], space);
	}
	walk->misses = differs | outside(terms, subject, GUARDS & ~GUARD_SPORT) |
		       outside_classes(terms, subject, CLASS_DEST_GUARD);
	walk->fate = terms->fate;
	return true;
}

#define MAY_PASS (BOX_ALLOW << BOX_ACTION_SHIFT)

/* The fate that denies for certain; 0 when no box does; MAY_PASS when one allows or could, or there are more than it looks at. */
static __always_inline __u32 walk_to_fate(const struct connection *connection, bool is_v4)
{
	struct walk walk = { .next = connection->run };

	for (int i = 0; i < LEAF_LOOP; i++) {
		if (!walk_on(&walk, connection, is_v4))
			return 0;
		if (walk.misses || !ends(walk.fate))
			continue;
		if (BOX_ACTION(walk.fate) != BOX_DENY)
			return MAY_PASS;
		if (!walk.asks)
			return walk.fate;
	}
	return MAY_PASS;
}

/* The audit rule that denies too, or NO_RULE. */
static __always_inline __s32 walk_to_audit(const struct connection *connection, bool is_v4)
{
	struct walk walk = { .next = connection->run };

	for (int i = 0; i < LEAF_LOOP; i++) {
		if (!walk_on(&walk, connection, is_v4))
			return NO_RULE;
		if (walk.misses | walk.asks)
			continue;
		if (ends(walk.fate))
			return NO_RULE;
		if (BOX_ACTION(walk.fate) <= BOX_RATE_LIMIT)
			return BOX_ACTION(walk.fate) == BOX_DENY ? BOX_RULE(walk.fate) : NO_RULE;
	}
	return NO_RULE;
}

/* An event for each rule that merely takes note. */
static __always_inline void walk_logs(const struct connection *connection, const struct decision *decision, bool is_v4)
{
	struct walk walk = { .next = connection->run };
	__s32 last = NO_RULE;

	for (int i = 0; i < LEAF_LOOP; i++) {
		if (!walk_on(&walk, connection, is_v4))
			return;
		if (walk.misses | walk.asks)
			continue;
		if (ends(walk.fate))
			return;
		if (!is_logged(walk.fate) || last == (__s32)BOX_RULE(walk.fate))
			continue;
		last = BOX_RULE(walk.fate);
		emit_of_process(&connection->pkt, decision, last, REASON_RULE_LOG);
	}
}

/* Finds the class of the destination; the source may be of any. */
static __always_inline void find_dest_class(struct connection *connection, __u32 *point)
{
	__u32 dimension = connection->pkt.family == FAMILY_V4 ? CLASSES_V4 : CLASSES_V6;
	const struct space *space = connection->space;

	if (!space->class_words[1])
		return;
	connection->subject.outside_sets = space->set_bits[1] & ~class_of(connection->table, space, point, 1, dimension);
	connection->subject.classes = point[dimension + 1] << CLASS_DEST_SHIFT;
}

/* Finds the leaf; false when there is no table of this IP version. */
static __always_inline bool begin_walks(struct connection *connection, __u64 descriptor)
{
	__u32 point[16];

	connection->table = table_of(DESCRIPTOR_BANK(descriptor));
	if (!connection->table.bank)
		return false;
	connection->space = &connection->table.bank->space[connection->pkt.family != FAMILY_V4];
	if (connection->space->trees == 0)
		return false;
	point_of(point, &connection->pkt);
	subject_of(&connection->subject, &connection->pkt);
	find_dest_class(connection, point);
	connection->run = NODE_PLACE(descend(connection->table, point, connection->space->connect_root));
	return true;
}

#endif
