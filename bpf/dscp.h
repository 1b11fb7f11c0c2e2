/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The differentiated services code point: six bits above the two of ECN (RFC 2474, RFC 3168), in both IP versions. */
#ifndef SEGMENTATION_DSCP_H
#define SEGMENTATION_DSCP_H

#include "parse.h"

#define IP4_CHECKSUM 10 /* where it stands in the header */

/* The first two bytes of the IP header hold it: IPv4 in the second one, IPv6 across both. */
static __always_inline __u16 with_dscp(__u16 start, __u8 dscp, bool is_v4)
{
	__u32 shift = is_v4 ? 2 : 6;

	return (start & ~(0x3F << shift)) | (__u16)dscp << shift;
}

/* Of the packet at work. Global, so that the verifier checks it by itself. What packet pointers the caller had are void afterwards. */
__noinline int set_dscp(struct __sk_buff *skb, __u8 dscp)
{
	struct work *work = work_at(WORK_OF_PACKETS);
	__be16 start, next;
	__u32 network;
	bool is_v4;

	if (!work)
		return 0;
	network = work->scan.pkt.network;
	is_v4 = work->scan.pkt.family == FAMILY_V4;
	if (bpf_skb_load_bytes(skb, network, &start, sizeof(start)))
		return 0;
	next = bpf_htons(with_dscp(bpf_ntohs(start), dscp & 0x3F, is_v4));
	if (next == start)
		return 0;
	/* an IPv4 header sums up to the same with its checksum mended; IPv6 has none, so the sum of the packet changes */
	if (is_v4)
		bpf_l3_csum_replace(skb, network + IP4_CHECKSUM, start, next, sizeof(start));
	bpf_skb_store_bytes(skb, network, &next, sizeof(next), is_v4 ? 0 : BPF_F_RECOMPUTE_CSUM);
	return 0;
}

#endif
