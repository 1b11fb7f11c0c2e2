/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Connections. One entry stands for both directions of a flow; what was allowed is kept for each direction its
 * original packets may take through this host (in, out, or in and out where it forwards), with the generation that
 * allowed it. A packet of an older generation's flow is judged again as its original direction would be.
 *
 * A flow begins in `opening` and moves to `conntrack` once both ends have shown that they speak, which no sender of
 * forged addresses can. So a flood of first packets evicts others of its kind and never a live flow. States, timeouts
 * and reasons: docs/conntrack.md.
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

/* Seconds without a packet after which an entry is as if it were not there. Mirrored by the agent, for its figures. */
enum flow_timeout {
	TIMEOUT_TCP_HANDSHAKE = 60,
	TIMEOUT_TCP_ESTABLISHED = 8 * 3600, /* beyond the kernel's first keepalive, which comes after 2 h */
	TIMEOUT_TCP_CLOSING = 600,	    /* one side may go on after the other's FIN */
	TIMEOUT_TCP_CLOSED = 10,	    /* retransmitted FINs, and what was under way when an RST was sent */
	TIMEOUT_ICMP = 30,
	TIMEOUT_UDP_ONE_WAY = 30,
	TIMEOUT_OTHER_ONE_WAY = 60,
	TIMEOUT_TWO_WAY = 180,
};

#define TIMEOUT_FRAGMENT (60 * NSEC_PER_SEC) /* how long a receiver waits for the rest (RFC 8200 §4.5) */

/* Writing costs more than reading: a busy flow's entry is touched once a second. */
#define REFRESH_AFTER NSEC_PER_SEC

/*
 * An originator acknowledges the sequence number of a SYN+ACK, plus what came with it (TCP Fast Open): less than a
 * first window. Who forges its address does not see the number and guesses it in one of 65,536 packets.
 */
#define HANDSHAKE_WINDOW 65536

/* The first two live in `opening`, the others in `conntrack`. */
enum flow_state {
	FLOW_OPENING = 0,     /* one side has spoken: SYN_SENT of TCP */
	FLOW_ANSWERED = 1,    /* SYN_RECV of TCP; of others: both sides have spoken once */
	FLOW_ESTABLISHED = 2, /* both are proven to hear each other */
	FLOW_CLOSING = 3,     /* TCP: FIN from one side */
	FLOW_CLOSED = 4,      /* TCP: FIN from both, or RST */
};

/* Bits of flow.ends, shifted by 1 for the side that did not begin. */
#define END_FIN 0x01
#define END_RST 0x04
#define ENDS_FIN (END_FIN * 3)
#define ENDS_RST (END_RST * 3)

#define FLOW_ALLOWED 1
#define FLOW_MARKED 2
#define FLOW_LIMITED 4 /* each packet that goes the way of the first one is judged */
#define FLOW_DSCP_SHIFT 8
#define FLOW_DSCP(flags) ((flags) >> FLOW_DSCP_SHIFT & 0xFF) /* as in a decision */

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
	__u8 ends;	   /* END_*: FIN and RST by side */
	__u8 seen;	   /* bit 0: the originator has spoken, bit 1: the other side has; not by SYN nor RST */
	__u32 answer;	   /* TCP: sequence number of the SYN+ACK */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, FLOWS_MAX);
	__type(key, struct flow_key);
	__type(value, struct flow);
} conntrack SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, OPENING_MAX);
	__type(key, struct flow_key);
	__type(value, struct flow);
} opening SEC(".maps");

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

/* Fills the key; true when the packet comes from end a. */
static __always_inline bool flow_key_of(struct flow_key *key, const struct packet *pkt)
{
	__u16 sport = pkt->sport, dport = pkt->dport;
	int order = compare(pkt->src, pkt->dst);
	bool from_a;

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
	__u8 state = flow->state;

	if (is_icmp(proto))
		return TIMEOUT_ICMP;
	if (proto == IPPROTO_TCP)
		return state == FLOW_ESTABLISHED ? TIMEOUT_TCP_ESTABLISHED
		       : state == FLOW_CLOSING	 ? TIMEOUT_TCP_CLOSING
		       : state == FLOW_CLOSED	 ? TIMEOUT_TCP_CLOSED
						 : TIMEOUT_TCP_HANDSHAKE;
	if (state != FLOW_OPENING)
		return TIMEOUT_TWO_WAY;
	return proto == IPPROTO_UDP ? TIMEOUT_UDP_ONE_WAY : TIMEOUT_OTHER_ONE_WAY;
}

static __always_inline bool is_live(const struct flow *flow, __u8 proto, __u64 now)
{
	/* signed: another CPU's clock may have been read later than ours */
	return (__s64)(now - flow->last_seen) <= (__s64)(flow_timeout(flow, proto) * NSEC_PER_SEC);
}

/*
 * The live entry, or NULL. An entry idle for too long counts as none, so nothing depends on a sweeper. An established
 * flow costs one look-up.
 */
static __always_inline struct flow *flow_find(const struct flow_key *key, __u64 now)
{
	struct flow *flow = bpf_map_lookup_elem(&conntrack, key);

	if (flow && is_live(flow, key->proto, now))
		return flow;
	flow = bpf_map_lookup_elem(&opening, key);
	return flow && is_live(flow, key->proto, now) ? flow : NULL;
}

static __always_inline bool is_begun(const struct flow *flow)
{
	return flow->state < FLOW_ESTABLISHED;
}

/* Whether with this packet of a begun flow both ends are proven to hear each other. Notes what it shows. */
static __always_inline bool is_proof(struct flow *flow, const struct packet *pkt, bool original)
{
	__u8 side = original ? 1 : 2;

	if (pkt->proto != IPPROTO_TCP) {
		/* the first packet after the answer, whoever sends it */
		if (flow->state == FLOW_ANSWERED)
			return true;
		flow->seen |= side;
		if (flow->seen == 3)
			flow->state = FLOW_ANSWERED;
		return false;
	}
	if (pkt->tcp_flags & TCP_RST)
		return false;
	if (pkt->tcp_flags & TCP_SYN) {
		if (!original) {
			flow->state = FLOW_ANSWERED;
			flow->answer = pkt->tcp_seq;
		}
		return false;
	}
	/* an answerer's other packets prove nothing: whatever is out of window is answered by an ACK */
	if (flow->state == FLOW_ANSWERED)
		return original && pkt->tcp_ack - flow->answer - 1 < HANDSHAKE_WINDOW;
	flow->seen |= side; /* no SYN+ACK was seen: the flow is older than its entry */
	return flow->seen == 3;
}

/*
 * The state after a packet. Sequence numbers are not followed, so an RST may be forged: a side that speaks on after
 * its own was not its sender, and the flow lives on.
 */
static __always_inline void flow_advance(struct flow *flow, const struct packet *pkt, bool original)
{
	__u8 ends = flow->ends;
	int side = !original;

	if (is_begun(flow)) {
		if (!is_proof(flow, pkt, original))
			return;
		flow->state = FLOW_ESTABLISHED;
	}
	if (pkt->proto != IPPROTO_TCP || !(ends & ENDS_RST || pkt->tcp_flags & (TCP_FIN | TCP_RST)))
		return;
	if (pkt->tcp_flags & TCP_RST)
		ends |= END_RST << side;
	else
		ends &= ~(END_RST << side);
	if (pkt->tcp_flags & TCP_FIN)
		ends |= END_FIN << side;
	flow->ends = ends;
	flow->state = ends & ENDS_RST || (ends & ENDS_FIN) == ENDS_FIN ? FLOW_CLOSED
		      : ends					       ? FLOW_CLOSING
								       : FLOW_ESTABLISHED;
}

/* Writes the entry to where its state belongs. */
static __always_inline void flow_store(const struct flow_key *key, const struct flow *flow)
{
	if (is_begun(flow)) {
		bpf_map_update_elem(&opening, key, flow, BPF_ANY);
		return;
	}
	bpf_map_update_elem(&conntrack, key, flow, BPF_ANY);
	bpf_map_delete_elem(&opening, key);
}

/* Moves a flow that was just proven out of `opening`. Looked up again, for its entry may be another flow's by now. */
__noinline int flow_promote(void)
{
	struct work *work = work_at(WORK_OF_PACKETS);
	struct flow *proven;
	struct flow flow;

	if (!work)
		return 0;
	proven = bpf_map_lookup_elem(&opening, &work->key);
	if (!proven)
		return 0;
	flow = *proven;
	bpf_map_update_elem(&conntrack, &work->key, &flow, BPF_ANY);
	bpf_map_delete_elem(&opening, &work->key);
	return 0;
}

static __always_inline void flow_touch(struct flow *flow, const struct packet *pkt, bool original, __u64 now)
{
	bool begun = is_begun(flow);

	flow_advance(flow, pkt, original);
	if ((__s64)(now - flow->last_seen) > (__s64)REFRESH_AFTER)
		flow->last_seen = now;
	if (begun && !is_begun(flow))
		flow_promote();
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
