/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * From bytes to a struct packet: Ethernet, VLAN and QinQ, IPv4 with options and fragments, IPv6 with extension
 * headers, TCP, UDP, SCTP, ICMP, ICMPv6. Tunnels are judged by their outer header.
 */
#ifndef SEGMENTATION_PARSE_H
#define SEGMENTATION_PARSE_H

#include "branchless.h"
#include "work.h"

/* Enough for Ethernet, two tags, IPv4 with all options or IPv6 with several extension headers, and an L4 header. */
#define HEADERS_MAX 256

#define VLAN_DEPTH 2
#define EXTENSIONS_MAX 8

#define IP4_MORE_FRAGMENTS 0x2000
#define IP4_OFFSET 0x1FFF
#define IP6_MORE_FRAGMENTS 0x0001
#define IP6_OFFSET 0xFFF8

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10

enum parsed {
	PARSED_IP,
	PARSED_ARP,
	PARSED_OTHER, /* LLDP, MPLS...: not for an IP policy to judge */
	PARSED_MALFORMED,
};

/* Walks the headers; pos never passes end. */
struct cursor {
	void *start;
	void *pos;
	void *end;
	__u32 packet_end; /* offset from start; what follows is padding of the link */
};

#define UNLIMITED (~0U)

static __always_inline void *take(struct cursor *cur, __u32 size)
{
	void *at = cur->pos;

	if (at + size > cur->end)
		return NULL;
	cur->pos = at + size;
	return at;
}

/* Bytes from start to pos. */
static __always_inline __u32 taken(const struct cursor *cur)
{
	return cur->pos - cur->start;
}

struct vlan_tag {
	__be16 tci;
	__be16 proto;
};

struct ports {
	__be16 source;
	__be16 dest;
};

struct icmp_head {
	__u8 type;
	__u8 code;
	__be16 checksum;
};

struct icmp_echo_id {
	__be16 id;
	__be16 sequence;
};

/* Every extension header has at least 8 bytes and begins with the type of the next. */
struct extension {
	__u8 next;
	__u8 length;
	__be16 fragment_offset; /* this and the id: in a fragment header */
	__be32 fragment_id;
};

/* One bit for each type, all below 64. */
#define EXTENSIONS                                                                                                     \
	(1ULL << IPPROTO_HOPOPTS | 1ULL << IPPROTO_ROUTING | 1ULL << IPPROTO_FRAGMENT | 1ULL << IPPROTO_AH |           \
	 1ULL << IPPROTO_DSTOPTS)

/* The ethertype in host byte order; 0 when the frame ends too early. */
static __always_inline __u16 parse_ethernet(struct cursor *cur)
{
	struct ethhdr *eth = take(cur, sizeof(*eth));
	__u16 type;

	if (!eth)
		return 0;
	type = bpf_ntohs(eth->h_proto);
#pragma unroll
	for (int i = 0; i < VLAN_DEPTH; i++) {
		struct vlan_tag *tag;

		if (type != ETH_P_8021Q && type != ETH_P_8021AD)
			break;
		tag = take(cur, sizeof(*tag));
		if (!tag)
			return 0;
		type = bpf_ntohs(tag->proto);
	}
	return type;
}

static __always_inline bool has_ports(__u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP;
}

static __always_inline bool is_icmp(__u8 proto)
{
	return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
}

/*
 * The L4 header. A header that is cut short is malformed, in a first fragment as well: RFC 1858 warns of flags and
 * ports that hide in the second one.
 */
static __always_inline enum parsed parse_transport(struct cursor *cur, struct packet *pkt)
{
	if (pkt->proto == IPPROTO_TCP) {
		struct tcphdr *tcp = take(cur, sizeof(*tcp));

		if (!tcp)
			return PARSED_MALFORMED;
		pkt->sport = bpf_ntohs(tcp->source);
		pkt->dport = bpf_ntohs(tcp->dest);
		pkt->tcp_seq = bpf_ntohl(tcp->seq);
		pkt->tcp_ack = bpf_ntohl(tcp->ack_seq);
		pkt->tcp_flags = ((__u8 *)tcp)[13];
		pkt->has |= HAS_PORTS;
	} else if (pkt->proto == IPPROTO_UDP || pkt->proto == IPPROTO_SCTP) {
		/* both begin with the ports and have at least 8 bytes */
		struct ports *ports = take(cur, sizeof(struct udphdr));

		if (!ports)
			return PARSED_MALFORMED;
		pkt->sport = bpf_ntohs(ports->source);
		pkt->dport = bpf_ntohs(ports->dest);
		pkt->has |= HAS_PORTS;
	} else if (is_icmp(pkt->proto)) {
		struct icmp_head *icmp = take(cur, sizeof(*icmp));
		struct icmp_echo_id *echo = NULL;

		if (!icmp)
			return PARSED_MALFORMED;
		pkt->icmp_type = icmp->type;
		pkt->icmp_code = icmp->code;
		pkt->has |= HAS_ICMP;
		if (taken(cur) + sizeof(*echo) <= cur->packet_end)
			echo = take(cur, sizeof(*echo));
		if (echo) {
			pkt->icmp_id = echo->id;
			pkt->quoted = taken(cur);
		}
	}
	return PARSED_IP;
}

static __always_inline enum parsed parse_ip4(struct cursor *cur, struct packet *pkt)
{
	struct iphdr *ip = take(cur, sizeof(*ip));
	__u16 fragment, total;
	__u32 header;
	__u8 first;

	if (!ip)
		return PARSED_MALFORMED;
	first = *(__u8 *)ip;
	header = (first & 0x0F) * 4;
	if (first >> 4 != 4 || header < sizeof(*ip))
		return PARSED_MALFORMED;
	/* 0 stands for a BIG TCP packet above 64 KiB, which only this host can have made */
	total = bpf_ntohs(ip->tot_len);
	if (total && total < header)
		return PARSED_MALFORMED;
	if (total)
		cur->packet_end = taken(cur) - sizeof(*ip) + total;
	pkt->family = FAMILY_V4;
	pkt->src[0] = ip->saddr;
	pkt->dst[0] = ip->daddr;
	pkt->proto = ip->protocol;
	pkt->hop_limit = ip->ttl;
	pkt->fragment_id = ip->id;
	fragment = bpf_ntohs(ip->frag_off);
	if (!take(cur, header - sizeof(*ip)))
		return PARSED_MALFORMED;
	if (fragment & IP4_OFFSET) {
		pkt->fragment = FRAGMENT_LATER;
		/* a fragment that begins 8 bytes in could overwrite the flags of a first one (RFC 3128) */
		if ((fragment & IP4_OFFSET) == 1 && pkt->proto == IPPROTO_TCP)
			return PARSED_MALFORMED;
		return PARSED_IP;
	}
	if (fragment & IP4_MORE_FRAGMENTS)
		pkt->fragment = FRAGMENT_FIRST;
	return parse_transport(cur, pkt);
}

static __always_inline enum parsed parse_ip6(struct cursor *cur, struct packet *pkt)
{
	struct ipv6hdr *ip = take(cur, sizeof(*ip));
	__u8 next;

	if (!ip || *(__u8 *)ip >> 4 != 6)
		return PARSED_MALFORMED;
	pkt->family = FAMILY_V6;
	__builtin_memcpy(pkt->src, &ip->saddr, sizeof(pkt->src));
	__builtin_memcpy(pkt->dst, &ip->daddr, sizeof(pkt->dst));
	pkt->hop_limit = ip->hop_limit;
	/* 0 stands for a jumbogram, or for a BIG TCP packet */
	if (ip->payload_len)
		cur->packet_end = taken(cur) + bpf_ntohs(ip->payload_len);
	next = ip->nexthdr;
	for (int i = 0; i <= EXTENSIONS_MAX; i++) {
		struct extension *ext;
		__u64 is_ah, is_fragment;
		__u32 words;

		if (next >= 64 || !(EXTENSIONS >> next & 1)) {
			pkt->proto = next;
			return parse_transport(cur, pkt);
		}
		if (i == EXTENSIONS_MAX)
			break;
		ext = take(cur, sizeof(*ext));
		if (!ext)
			return PARSED_MALFORMED;
		is_fragment = less(next ^ IPPROTO_FRAGMENT, 1);
		is_ah = less(next ^ IPPROTO_AH, 1);
		next = ext->next;
		if (is_fragment) {
			__u16 offset = bpf_ntohs(ext->fragment_offset);

			/* no sender fragments twice */
			if (pkt->fragment != FRAGMENT_NONE)
				return PARSED_MALFORMED;
			pkt->fragment_id = ext->fragment_id;
			if (offset & IP6_OFFSET) {
				pkt->fragment = FRAGMENT_LATER;
				pkt->proto = next;
				return PARSED_IP;
			}
			/* neither offset nor more: an atomic fragment is a whole packet (RFC 6946) */
			if (offset & IP6_MORE_FRAGMENTS)
				pkt->fragment = FRAGMENT_FIRST;
		}
		/*
		 * Beyond these 8 bytes a fragment header has none, AH length words of 4 bytes, the others as many of 8. In one
		 * way for all: the verifier would follow each through what comes after.
		 */
		words = ((__u32)ext->length << (1 + (__u32)is_ah)) & ~(__u32)is_fragment;
		/* hidden from the compiler, which would drop the bound as needless; the verifier needs it */
		asm volatile("" : "+r"(words));
		if (!take(cur, (words & 0x1FF) * 4))
			return PARSED_MALFORMED;
	}
	return PARSED_MALFORMED; /* a longer chain than any honest sender's (RFC 8504 §5.3 lets a host set a limit) */
}

/* l3: the frame has no Ethernet header, as on tun devices. */
static __always_inline enum parsed parse(struct cursor *cur, struct packet *pkt, bool l3)
{
	enum parsed parsed;
	__u16 type;

	if (l3) {
		__u8 *first = cur->pos;

		if ((void *)(first + 1) > cur->end)
			return PARSED_MALFORMED;
		type = *first >> 4 == 4 ? ETH_P_IP : *first >> 4 == 6 ? ETH_P_IPV6 : 0;
	} else {
		type = parse_ethernet(cur);
	}
	cur->packet_end = UNLIMITED;
	/* read back, for the verifier to forget how many tags there were: it would follow each number through what comes after */
	pkt->network = taken(cur);
	cur->pos = cur->start + *(volatile __u8 *)&pkt->network;
	if (type == ETH_P_IP)
		parsed = parse_ip4(cur, pkt);
	else if (type == ETH_P_IPV6)
		parsed = parse_ip6(cur, pkt);
	else
		return type == ETH_P_ARP ? PARSED_ARP : PARSED_OTHER;
	/*
	 * Headers that go on in the padding. A tiny first fragment in a frame of Ethernet's least size would else show
	 * ports and flags that its receiver never sees (RFC 1858). Asked once, for the verifier's sake.
	 */
	if (taken(cur) > cur->packet_end)
		return PARSED_MALFORMED;
	return parsed;
}

/* Headers may lie outside the linear part; what cannot be pulled in will be malformed. */
static __always_inline void pull_headers(struct __sk_buff *skb)
{
	__u32 wanted = skb->len < HEADERS_MAX ? skb->len : HEADERS_MAX;

	if ((void *)(long)skb->data + wanted > (void *)(long)skb->data_end)
		bpf_skb_pull_data(skb, wanted);
}

/*
 * Global functions, which the verifier checks once and by themselves: what it knows of each way through the headers
 * would else multiply with the ways through all that follows.
 */
__noinline int parse_skb(struct __sk_buff *skb, __u32 index, bool l3)
{
	struct work *work = work_at(index);
	struct cursor cur;

	if (!work)
		return PARSED_MALFORMED;
	cur.start = cur.pos = (void *)(long)skb->data;
	cur.end = (void *)(long)skb->data_end;
	return parse(&cur, &work->scan.pkt, l3);
}

__noinline int parse_xdp(struct xdp_md *ctx)
{
	struct work *work = work_at(WORK_OF_PACKETS);
	struct cursor cur;

	if (!work)
		return PARSED_MALFORMED;
	cur.start = cur.pos = (void *)(long)ctx->data;
	cur.end = (void *)(long)ctx->data_end;
	return parse(&cur, &work->scan.pkt, false);
}

#endif
