/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Connections. One entry stands for both directions of a flow; what was allowed is kept for each direction its
 * original packets may take through this host (in, out, or in and out where it forwards), with the generation that
 * allowed it. A packet of an older generation's flow is judged again as its original direction would be.
 */
#ifndef SEGMENTATION_CONNTRACK_H
#define SEGMENTATION_CONNTRACK_H

#include "maps.h"
#include "parse.h"

#define ICMP4_ECHO_REPLY 0
#define ICMP4_UNREACHABLE 3
#define ICMP4_FRAGMENTATION_NEEDED 4 /* a code of ICMP4_UNREACHABLE */
#define ICMP4_ECHO 8
#define ICMP4_TIME_EXCEEDED 11
#define ICMP4_PARAMETER_PROBLEM 12
#define ICMP6_UNREACHABLE 1
#define ICMP6_PACKET_TOO_BIG 2
#define ICMP6_PARAMETER_PROBLEM 4
#define ICMP6_ECHO 128
#define ICMP6_ECHO_REPLY 129

/* Idle times after which an entry is as if it were not there. */
#define TIMEOUT_TCP_OPENING (60 * NSEC_PER_SEC)
#define TIMEOUT_TCP_ESTABLISHED (2 * 3600 * NSEC_PER_SEC) /* the kernel's first keepalive comes after as long */
#define TIMEOUT_TCP_CLOSING (60 * NSEC_PER_SEC)
#define TIMEOUT_ICMP (30 * NSEC_PER_SEC)
#define TIMEOUT_ONE_WAY (60 * NSEC_PER_SEC)
#define TIMEOUT_TWO_WAY (180 * NSEC_PER_SEC)
#define TIMEOUT_FRAGMENT (60 * NSEC_PER_SEC) /* how long a receiver waits for the rest (RFC 8200 §4.5) */

/* Writing costs more than reading: a busy flow's entry is touched once a second. */
#define REFRESH_AFTER NSEC_PER_SEC

enum flow_state {
	FLOW_OPENING = 0,
	FLOW_ESTABLISHED = 1, /* both directions were seen */
	FLOW_CLOSING = 2,     /* FIN from both or RST from one */
};

/* The lower (address, port) is end a. */
struct flow_key {
	__be32 a[4];
	__be32 b[4];
	__u16 a_port;
	__u16 b_port;
	__u8 proto;
	__u8 family;
	__u16 unused;
};

#define FLOW_ALLOWED 1
#define FLOW_MARKED 2

struct flow_verdict {
	__u32 generation;
	__s32 rule;
	__s32 audit; /* the audit rule that would have denied */
	__u32 mark;
	__u32 ifindex;
	__u32 flags; /* 0: original packets never passed in this direction */
};

struct flow {
	__u64 last_seen; /* ns, coarse monotonic */
	struct flow_verdict verdict[2]; /* by enum direction of the original packets */
	__u8 from_a;	   /* end a is the originator */
	__u8 state;
	__u8 fins; /* bit 0: the originator's was seen, bit 1: the other's */
	__u8 unused[5];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, FLOWS_MAX);
	__type(key, struct flow_key);
	__type(value, struct flow);
} conntrack SEC(".maps");

struct fragment_key {
	__be32 src[4];
	__be32 dst[4];
	__be32 id;
	__u8 proto; /* 0 for IPv6, where the id stands for the pair of addresses alone */
	__u8 family;
	__u8 direction;
	__u8 unused;
};

struct fragment_verdict {
	__u64 seen;
	__u32 generation;
	__s32 rule;
	__u8 verdict;
	__u8 reason;
	__u16 unused;
	__s32 audit;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, FRAGMENTS_MAX);
	__type(key, struct fragment_key);
	__type(value, struct fragment_verdict);
} fragments SEC(".maps");

static __always_inline bool is_echo(const struct packet *pkt)
{
	return pkt->proto == IPPROTO_ICMP ? pkt->icmp_type == ICMP4_ECHO || pkt->icmp_type == ICMP4_ECHO_REPLY
					  : pkt->icmp_type == ICMP6_ECHO || pkt->icmp_type == ICMP6_ECHO_REPLY;
}

static __always_inline bool is_echo_reply(const struct packet *pkt)
{
	return (pkt->proto == IPPROTO_ICMP && pkt->icmp_type == ICMP4_ECHO_REPLY) ||
	       (pkt->proto == IPPROTO_ICMPV6 && pkt->icmp_type == ICMP6_ECHO_REPLY);
}

static __always_inline bool is_icmp_error(const struct packet *pkt)
{
	if (pkt->proto == IPPROTO_ICMP)
		return pkt->icmp_type == ICMP4_UNREACHABLE || pkt->icmp_type == ICMP4_TIME_EXCEEDED ||
		       pkt->icmp_type == ICMP4_PARAMETER_PROBLEM;
	return pkt->proto == IPPROTO_ICMPV6 && pkt->icmp_type >= ICMP6_UNREACHABLE &&
	       pkt->icmp_type <= ICMP6_PARAMETER_PROBLEM;
}

/* Flows are of packets with ports, of echo requests and replies, and of protocols that have neither. */
static __always_inline bool trackable(const struct packet *pkt)
{
	return pkt->fragment != FRAGMENT_LATER && (!is_icmp(pkt->proto) || is_echo(pkt));
}

/* Begins a connection of its own, so it never rides on another's entry. */
static __always_inline bool is_opening(const struct packet *pkt)
{
	if (is_icmp(pkt->proto))
		return false;
	return pkt->proto == IPPROTO_TCP && (pkt->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

static __always_inline int compare(const __be32 *left, const __be32 *right)
{
#pragma unroll
	for (int i = 0; i < 4; i++) {
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	}
	return 0;
}

/* Fills the key; true when the packet comes from end a. Global, so that the verifier checks it by itself. */
__noinline bool flow_key_of(struct flow_key *key, const struct packet *pkt)
{
	__u16 sport, dport;
	bool from_a;
	int order;

	if (!key || !pkt)
		return false;
	sport = pkt->sport;
	dport = pkt->dport;
	order = compare(pkt->src, pkt->dst);
	if (is_icmp(pkt->proto))
		sport = dport = pkt->icmp_id;
	from_a = order < 0 || (order == 0 && sport <= dport);
	if (from_a) {
		__builtin_memcpy(key->a, pkt->src, sizeof(key->a));
		__builtin_memcpy(key->b, pkt->dst, sizeof(key->b));
		key->a_port = sport;
		key->b_port = dport;
	} else {
		__builtin_memcpy(key->a, pkt->dst, sizeof(key->a));
		__builtin_memcpy(key->b, pkt->src, sizeof(key->b));
		key->a_port = dport;
		key->b_port = sport;
	}
	key->proto = pkt->proto;
	key->family = pkt->family;
	key->unused = 0;
	return from_a;
}

/* The packet as the other side would have sent it: its own inverse, but for TCP's flags. */
static __always_inline void reverse(struct packet *pkt)
{
	__u16 port = pkt->sport;

	pkt->sport = pkt->dport;
	pkt->dport = port;
#pragma unroll
	for (int i = 0; i < 4; i++) {
		__be32 word = pkt->src[i];

		pkt->src[i] = pkt->dst[i];
		pkt->dst[i] = word;
	}
	pkt->has ^= HAS_INGRESS | HAS_EGRESS;
	if (pkt->proto == IPPROTO_ICMP)
		pkt->icmp_type ^= ICMP4_ECHO ^ ICMP4_ECHO_REPLY;
	if (pkt->proto == IPPROTO_ICMPV6)
		pkt->icmp_type ^= ICMP6_ECHO ^ ICMP6_ECHO_REPLY;
}

static __always_inline __u64 flow_timeout(const struct flow *flow, __u8 proto)
{
	if (is_icmp(proto))
		return TIMEOUT_ICMP;
	if (proto == IPPROTO_TCP)
		return flow->state == FLOW_ESTABLISHED ? TIMEOUT_TCP_ESTABLISHED
		       : flow->state == FLOW_CLOSING   ? TIMEOUT_TCP_CLOSING
						       : TIMEOUT_TCP_OPENING;
	return flow->state == FLOW_OPENING ? TIMEOUT_ONE_WAY : TIMEOUT_TWO_WAY;
}

/* The live entry, or NULL. An entry idle for too long counts as none, so nothing depends on a sweeper. */
static __always_inline struct flow *flow_find(const struct flow_key *key, __u64 now)
{
	struct flow *flow = bpf_map_lookup_elem(&conntrack, key);

	/* another CPU's clock may have been read later than ours */
	if (flow && flow->last_seen < now && now - flow->last_seen > flow_timeout(flow, key->proto))
		return NULL;
	return flow;
}

static __always_inline void flow_touch(struct flow *flow, const struct packet *pkt, bool original, __u64 now)
{
	if (!original && flow->state == FLOW_OPENING)
		flow->state = FLOW_ESTABLISHED;
	if (pkt->proto == IPPROTO_TCP && pkt->tcp_flags & (TCP_FIN | TCP_RST)) {
		flow->fins |= pkt->tcp_flags & TCP_RST ? 3 : original ? 1 : 2;
		if (flow->fins == 3)
			flow->state = FLOW_CLOSING;
	}
	if (now > flow->last_seen + REFRESH_AFTER)
		flow->last_seen = now;
}

/*
 * A TCP packet without an entry that does not open a connection: the connection is older than the programs, or its
 * entry was evicted. Who opened it? A SYN+ACK answers; else the side with the lower port is taken for the server, as
 * ephemeral ports are high on every system.
 */
static __always_inline bool looks_like_reply(const struct packet *pkt)
{
	if (is_icmp(pkt->proto))
		return false;
	if (pkt->proto != IPPROTO_TCP)
		return false;
	return pkt->tcp_flags & TCP_SYN || pkt->sport < pkt->dport;
}

static __always_inline void fragment_key_of(struct fragment_key *key, const struct packet *pkt, __u8 direction)
{
	__builtin_memcpy(key->src, pkt->src, sizeof(key->src));
	__builtin_memcpy(key->dst, pkt->dst, sizeof(key->dst));
	key->id = pkt->fragment_id;
	key->proto = pkt->family == FAMILY_V4 ? pkt->proto : 0;
	key->family = pkt->family;
	key->direction = direction;
	key->unused = 0;
}

/*
 * Reads the packet that an ICMP error quotes. It travelled against the error. false when it is quoted too short or was
 * a later fragment.
 */
static __always_inline bool parse_quoted(struct __sk_buff *skb, const struct packet *pkt, struct packet *inner)
{
	__u32 at = pkt->quoted;
	struct {
		struct ports ports;
		struct icmp_echo_id echo;
	} transport; /* all that RFC 792 promises */

	if (!at)
		return false;
	inner->family = pkt->family;
	if (pkt->family == FAMILY_V4) {
		struct iphdr ip;
		__u32 header;

		if (bpf_skb_load_bytes(skb, at, &ip, sizeof(ip)) < 0)
			return false;
		header = (*(__u8 *)&ip & 0x0F) * 4;
		if (*(__u8 *)&ip >> 4 != 4 || header < sizeof(ip) || bpf_ntohs(ip.frag_off) & IP4_OFFSET)
			return false;
		inner->src[0] = ip.saddr;
		inner->dst[0] = ip.daddr;
		inner->proto = ip.protocol;
		at += header;
	} else {
		/* up to the addresses, which stand together here and in struct packet */
		struct {
			__be32 version;
			__be16 length;
			__u8 next;
			__u8 hop_limit;
		} head;

		if (bpf_skb_load_bytes(skb, at, &head, sizeof(head)) < 0 || *(__u8 *)&head >> 4 != 6 ||
		    bpf_skb_load_bytes(skb, at + sizeof(head), inner->src, sizeof(inner->src) * 2) < 0)
			return false;
		inner->proto = head.next; /* behind extension headers: not found, so judged as any packet */
		at += sizeof(struct ipv6hdr);
	}
	if (bpf_skb_load_bytes(skb, at, &transport, sizeof(transport)) < 0)
		return false;
	if (has_ports(inner->proto)) {
		inner->sport = bpf_ntohs(transport.ports.source);
		inner->dport = bpf_ntohs(transport.ports.dest);
	} else if (is_icmp(inner->proto)) {
		inner->icmp_type = *(__u8 *)&transport;
		inner->icmp_id = transport.echo.id;
	}
	return trackable(inner);
}

#endif
