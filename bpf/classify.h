/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The search: a scan over the boxes of the generation in the order of the table. Each rule was expanded by the agent
 * to the product of its prefixes and ranges; the first box that ends the search decides.
 */
#ifndef SEGMENTATION_CLASSIFY_H
#define SEGMENTATION_CLASSIFY_H

#include "maps.h"
#include "parse.h"

#define LOGGED_MAX 8 /* log and mark rules of one packet that make events; those beyond count as lost events */

struct scan {
	struct packet pkt;
	void *bank; /* struct bank4 or bank6 */
	__s32 rule;
	__s32 audit;
	__u32 mark;
	__u8 action; /* BOX_ALLOW, BOX_DENY, 0 while undecided */
	__u8 is_default;
	__u8 audit_denies;
	__u8 marked;
	__u8 maybe_allowed; /* a box that could match has allowed (connect hooks) */
	__u8 logged_count;
	__u8 unused[2];
	__s32 last_logged;
	__s32 logged[LOGGED_MAX]; /* the first of logged_count */
};

static __always_inline bool terms_match(const struct box_terms *terms, const struct packet *pkt, bool partial)
{
	if (terms->needs & ~pkt->has)
		return false;
	if (pkt->proto < terms->proto_low || pkt->proto > terms->proto_high)
		return false;
	if (pkt->dport < terms->dport_low || pkt->dport > terms->dport_high)
		return false;
	if (pkt->icmp_type < terms->icmp_type_low || pkt->icmp_type > terms->icmp_type_high ||
	    pkt->icmp_code < terms->icmp_code_low || pkt->icmp_code > terms->icmp_code_high)
		return false;
	if (partial)
		return true;
	return pkt->sport >= terms->sport_low && pkt->sport <= terms->sport_high &&
	       (terms->interfaces & pkt->interface);
}

static __always_inline bool asks_source(const struct box_terms *terms)
{
	return terms->sport_low || terms->sport_high != 0xFFFF || ~terms->interfaces;
}

/* maybe: the box matches or not, depending on what this hook cannot know. 1 ends the scan. */
static __always_inline long meet(struct scan *scan, const struct box_terms *terms, bool maybe)
{
	__u8 action = terms->action & BOX_ACTION;
	__s32 rule = terms->rule;

	if (action == BOX_LOG || action == BOX_MARK) {
		__u8 at = scan->logged_count;

		if (maybe)
			return 0;
		if (action == BOX_MARK && !(terms->action & BOX_AUDIT)) {
			scan->mark = terms->mark;
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
	if (terms->action & BOX_AUDIT) {
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
	scan->is_default = !!(terms->action & BOX_DEFAULT);
	return 1;
}

static __always_inline long try_box4(__u32 index, struct scan *scan, bool partial)
{
	const struct bank4 *bank = scan->bank;
	const struct box4 *box;
	bool maybe = false;

	if (index >= BOXES_MAX)
		return 1;
	box = &bank->box[index];
	if ((scan->pkt.dst[0] ^ box->dst) & box->dst_mask)
		return 0;
	if (!partial && (scan->pkt.src[0] ^ box->src) & box->src_mask)
		return 0;
	if (!terms_match(&box->terms, &scan->pkt, partial))
		return 0;
	if (partial)
		maybe = box->src_mask || asks_source(&box->terms);
	return meet(scan, &box->terms, maybe);
}

/* Two loads of 8 bytes an address: the words stand together and are aligned. */
static __always_inline bool differs6(const __be32 *address, const __be32 *wanted, const __be32 *mask)
{
	const __u64 *a = (const __u64 *)address, *w = (const __u64 *)wanted, *m = (const __u64 *)mask;

	return ((a[0] ^ w[0]) & m[0]) | ((a[1] ^ w[1]) & m[1]);
}

static __always_inline long try_box6(__u32 index, struct scan *scan, bool partial)
{
	const struct bank6 *bank = scan->bank;
	const struct box6 *box;
	bool maybe = false;

	if (index >= BOXES_MAX)
		return 1;
	box = &bank->box[index];
	if (differs6(scan->pkt.dst, box->dst, box->dst_mask))
		return 0;
	if (!partial && differs6(scan->pkt.src, box->src, box->src_mask))
		return 0;
	if (!terms_match(&box->terms, &scan->pkt, partial))
		return 0;
	if (partial)
		maybe = box->src_mask[0] || box->src_mask[1] || box->src_mask[2] || box->src_mask[3] ||
			asks_source(&box->terms);
	return meet(scan, &box->terms, maybe);
}

static long scan_box4(__u32 index, void *scan)
{
	return try_box4(index, scan, false);
}

static long scan_box6(__u32 index, void *scan)
{
	return try_box6(index, scan, false);
}

static long scan_box4_partial(__u32 index, void *scan)
{
	return try_box4(index, scan, true);
}

static long scan_box6_partial(__u32 index, void *scan)
{
	return try_box6(index, scan, true);
}

/*
 * Judges scan->pkt by the generation of the descriptor. partial: source address, source port and interface are not
 * known; then a decision is final only when !maybe_allowed. What no box decides is left undecided (action 0).
 */
static __always_inline void classify(struct scan *scan, __u64 descriptor, bool partial)
{
	__u32 bank = DESCRIPTOR_BANK(descriptor);

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
	if (scan->pkt.family == FAMILY_V4) {
		scan->bank = bpf_map_lookup_elem(&boxes4, &bank);
		if (!scan->bank)
			return;
		bpf_loop(DESCRIPTOR_COUNT4(descriptor), partial ? scan_box4_partial : scan_box4, scan, 0);
	} else {
		scan->bank = bpf_map_lookup_elem(&boxes6, &bank);
		if (!scan->bank)
			return;
		bpf_loop(DESCRIPTOR_COUNT6(descriptor), partial ? scan_box6_partial : scan_box6, scan, 0);
	}
}

#endif
