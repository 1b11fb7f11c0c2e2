/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Connect hooks: refuse early what tc egress would refuse for certain. They search by a tree of their own, for a connection of
 * which source address, source port and interface are not known yet: a box that asks for one of them only may match, and behind
 * one that allows nothing is decided here. Tasks that connect can be preempted by others, so all lies on the stack; and so that
 * the verifier has little to tell apart there, each question is a global function, which it checks once and by itself, and walks
 * the leaf anew. All but the first are for connections that are refused.
 */
#ifndef SEGMENTATION_CONNECT_H
#define SEGMENTATION_CONNECT_H

#include "classify.h"
#include "events.h"
#include "failsafe.h"
#include "verdict.h"

/*
 * What is asked about, as numbers: global functions take no pointers before Linux 5.12. The address is two words, as it stands
 * in memory, of which IPv4 has the first half of the first; about is the rest, and what is told of it.
 */
#define ABOUT_PROTO_SHIFT 16 /* above the port, in host byte order */
#define ABOUT_V4 (1ULL << 24)
#define ABOUT_HOOK_SHIFT 32
#define ABOUT_REASON_SHIFT 40

#define RULES_AUDIT_SHIFT 32 /* above the rule that is told */

struct connection {
	struct subject subject;
	struct table table;
	const struct space *space;
	__u32 run;
};

static __always_inline void packet_to(struct packet *pkt, __u64 high, __u64 low, __u64 about)
{
	__builtin_memset(pkt, 0, sizeof(*pkt));
	pkt->dst[0] = high;
	pkt->dst[1] = high >> 32;
	pkt->dst[2] = low;
	pkt->dst[3] = low >> 32;
	pkt->dport = about;
	pkt->proto = about >> ABOUT_PROTO_SHIFT;
	pkt->family = about & ABOUT_V4 ? FAMILY_V4 : FAMILY_V6;
	pkt->has = HAS_EGRESS | HAS_PORTS;
	pkt->interface = INTERFACE_UNKNOWN;
}

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

/* The rule of the nth box that merely takes note and makes an event; NO_RULE when there are fewer. */
static __always_inline __s32 walk_to_log(const struct connection *connection, __u32 nth, bool is_v4)
{
	struct walk walk = { .next = connection->run };
	__s32 last = NO_RULE;

	for (int i = 0; i < LEAF_LOOP; i++) {
		if (!walk_on(&walk, connection, is_v4))
			return NO_RULE;
		if (walk.misses | walk.asks)
			continue;
		if (ends(walk.fate))
			return NO_RULE;
		if (!is_logged(walk.fate) || last == (__s32)BOX_RULE(walk.fate))
			continue;
		last = BOX_RULE(walk.fate);
		if (nth-- == 0)
			return last;
	}
	return NO_RULE;
}

/* Finds the class of the destination; the source may be of any. */
static __always_inline void find_dest_class(struct connection *connection, __u32 *point, bool is_v4)
{
	__u32 dimension = is_v4 ? CLASSES_V4 : CLASSES_V6;
	const struct space *space = connection->space;

	if (!space->class_words[1])
		return;
	connection->subject.outside_sets = space->set_bits[1] & ~class_of(connection->table, space, point, 1, dimension);
	connection->subject.classes = point[dimension + 1] << CLASS_DEST_SHIFT;
}

/* Finds the leaf; false when there is no table of this IP version. */
static __always_inline bool begin_walk(struct connection *connection, __u64 descriptor, __u64 high, __u64 low, __u64 about)
{
	bool is_v4 = about & ABOUT_V4;
	struct packet pkt;
	__u32 point[16];

	connection->table = table_of(DESCRIPTOR_BANK(descriptor));
	if (!connection->table.bank)
		return false;
	connection->space = &connection->table.bank->space[!is_v4];
	if (connection->space->trees == 0)
		return false;
	packet_to(&pkt, high, low, about);
	point_of(point, &pkt);
	subject_of(&connection->subject, &pkt);
	find_dest_class(connection, point, is_v4);
	connection->run = NODE_PLACE(descend(connection->table, point, connection->space->connect_root));
	return true;
}

/* The fate that denies for certain; 0 when no box does; MAY_PASS when one allows or could, or there are more than it looks at. */
__noinline int connect_fate(__u64 descriptor, __u64 high, __u64 low, __u64 about)
{
	struct connection connection;

	if (!begin_walk(&connection, descriptor, high, low, about))
		return 0;
	return about & ABOUT_V4 ? walk_to_fate(&connection, true) : walk_to_fate(&connection, false);
}

/* The audit rule that denies too, or NO_RULE. */
__noinline int connect_audit(__u64 descriptor, __u64 high, __u64 low, __u64 about)
{
	struct connection connection;

	if (!begin_walk(&connection, descriptor, high, low, about))
		return NO_RULE;
	return about & ABOUT_V4 ? walk_to_audit(&connection, true) : walk_to_audit(&connection, false);
}

/* The nth rule that merely takes note and makes an event; NO_RULE when there are fewer. */
__noinline int connect_log(__u64 descriptor, __u64 high, __u64 low, __u64 about, __u32 nth)
{
	struct connection connection;

	if (!begin_walk(&connection, descriptor, high, low, about))
		return NO_RULE;
	return about & ABOUT_V4 ? walk_to_log(&connection, nth, true) : walk_to_log(&connection, nth, false);
}

/* Where no policy may refuse a connection: to this host itself, and to the peers of the failsafe set. */
__noinline bool connect_is_exempt(__u64 high, __u64 low, __u64 about)
{
	struct address local = {};
	struct packet pkt;

	packet_to(&pkt, high, low, about);
	__builtin_memcpy(local.word, pkt.dst, sizeof(local.word));
	local.family = pkt.family;
	return is_loopback_address(pkt.dst, pkt.family) || !(high | low) || bpf_map_lookup_elem(&locals, &local) ||
	       is_failsafe_peer(pkt.dst, &pkt, pkt.dport, 0);
}

/* An event; of the rules, audit is the audit rule that denies too. */
__noinline int connect_emit(__u64 descriptor, __u64 high, __u64 low, __u64 about, __u64 rules)
{
	struct decision decision;
	struct packet pkt;

	packet_to(&pkt, high, low, about);
	decision_begin(&decision, descriptor, EGRESS, about >> ABOUT_HOOK_SHIFT);
	decision.verdict = VERDICT_DROPPED;
	decision.audit = rules >> RULES_AUDIT_SHIFT;
	emit_of_process(&pkt, &decision, rules, about >> ABOUT_REASON_SHIFT);
	return 0;
}

/* The event that the rule is told by, and one for each rule that merely takes note. */
static __always_inline void connect_report(__u64 descriptor, __u64 high, __u64 low, __u64 about, __s32 rule, __u8 reason)
{
	__u64 audit = (__u64)connect_audit(descriptor, high, low, about) << RULES_AUDIT_SHIFT;

	connect_emit(descriptor, high, low, about | (__u64)reason << ABOUT_REASON_SHIFT, audit | (__u32)rule);
	about |= (__u64)REASON_RULE_LOG << ABOUT_REASON_SHIFT;
	for (int i = 0; i < LEAF_LOOP; i++) {
		rule = connect_log(descriptor, high, low, about, i);
		if (rule == NO_RULE)
			break;
		connect_emit(descriptor, high, low, about, audit | (__u32)rule);
	}
}

#endif
