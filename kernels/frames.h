/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Frames for the smoke test. Checksums stay zero: nothing that judges them looks at them. */
#ifndef SEGMENTATION_FRAMES_H
#define SEGMENTATION_FRAMES_H

#include <arpa/inet.h>
#include <linux/icmp.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <string.h>

#define OWN4 0xC0000201U  /* 192.0.2.1 */
#define PEER4 0xC0000202U /* 192.0.2.2 */
#define OWN6_LAST 1	  /* 2001:db8::1 */
#define PEER6_LAST 2
#define HIGH_PORT 40000
#define ND_SOLICITATION 135
#define ONLY_OF_THIS_LINK 255

struct frame {
	unsigned char bytes[256];
	unsigned int length;
};

/* All a frame can be; what is not named is zero, and means an IPv4 TCP SYN without payload. */
struct wanted {
	int ipv6;
	int proto; /* 0: TCP */
	int sport;
	int dport;
	int ack;	/* SYN and ACK */
	int outgoing;	/* from this host to the peer */
	int tags;	/* VLAN tags */
	int extension;	/* IPv6: a destination options header */
	int fragment;	/* IPv4: the frag_off field, in host byte order */
	int id;
	int cut;	/* bytes missing at the end */
	int quotes;	/* ICMP unreachable about the SYN+ACK that left from this port */
	int solicits;	/* ICMPv6 neighbour solicitation */
	int arp;
};

static inline void *put(struct frame *frame, unsigned int size)
{
	void *at = frame->bytes + frame->length;

	frame->length += size;
	return at;
}

static inline void put_short(struct frame *frame, unsigned short value)
{
	value = htons(value);
	memcpy(put(frame, sizeof(value)), &value, sizeof(value));
}

static inline void put_tcp(struct frame *frame, int sport, int dport, int ack)
{
	struct tcphdr tcp = { .doff = 5, .syn = 1 };

	tcp.source = htons(sport);
	tcp.dest = htons(dport);
	tcp.ack = ack;
	memcpy(put(frame, sizeof(tcp)), &tcp, sizeof(tcp));
}

static inline void put_ip4(struct frame *frame, int proto, unsigned int payload, int outgoing)
{
	struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 64 };

	ip.protocol = proto;
	ip.tot_len = htons(sizeof(ip) + payload);
	ip.saddr = htonl(outgoing ? OWN4 : PEER4);
	ip.daddr = htonl(outgoing ? PEER4 : OWN4);
	memcpy(put(frame, sizeof(ip)), &ip, sizeof(ip));
}

static inline void put_ip6(struct frame *frame, int next, unsigned int payload, int outgoing)
{
	struct ipv6hdr ip = { .version = 6, .hop_limit = ONLY_OF_THIS_LINK };
	static const unsigned char prefix[] = { 0x20, 0x01, 0x0d, 0xb8 };

	ip.nexthdr = next;
	ip.payload_len = htons(payload);
	memcpy(&ip.saddr, prefix, sizeof(prefix));
	memcpy(&ip.daddr, prefix, sizeof(prefix));
	ip.saddr.s6_addr[15] = outgoing ? OWN6_LAST : PEER6_LAST;
	ip.daddr.s6_addr[15] = outgoing ? PEER6_LAST : OWN6_LAST;
	memcpy(put(frame, sizeof(ip)), &ip, sizeof(ip));
}

static inline void put_payload(struct frame *frame, const struct wanted *wanted, int proto)
{
	if (wanted->quotes) {
		struct icmphdr icmp = { .type = ICMP_DEST_UNREACH, .code = ICMP_HOST_UNREACH };

		memcpy(put(frame, sizeof(icmp)), &icmp, sizeof(icmp));
		put_ip4(frame, IPPROTO_TCP, sizeof(struct tcphdr), 1);
		put_tcp(frame, wanted->quotes, HIGH_PORT, 1);
	} else if (wanted->solicits) {
		unsigned char *icmp = put(frame, 24);

		icmp[0] = ND_SOLICITATION;
	} else if (proto == IPPROTO_UDP) {
		put_short(frame, wanted->sport);
		put_short(frame, wanted->dport);
		put_short(frame, 8);
		put_short(frame, 0);
	} else {
		put_tcp(frame, wanted->sport, wanted->dport, wanted->ack);
	}
}

static inline void make_frame(struct frame *frame, const struct wanted *wanted, const unsigned char *to)
{
	int proto = wanted->quotes ? IPPROTO_ICMP : wanted->solicits ? IPPROTO_ICMPV6 : wanted->proto;
	unsigned char *ethernet;
	unsigned int ip;

	proto = proto ? proto : IPPROTO_TCP;
	memset(frame, 0, sizeof(*frame));
	ethernet = put(frame, 2 * ETH_ALEN);
	memcpy(ethernet, to, ETH_ALEN);
	ethernet[ETH_ALEN] = 2; /* locally administered */
	for (int tag = 0; tag < wanted->tags; tag++) {
		put_short(frame, tag + 1 < wanted->tags ? ETH_P_8021AD : ETH_P_8021Q);
		put_short(frame, 7);
	}
	put_short(frame, wanted->arp ? ETH_P_ARP : wanted->ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	ip = frame->length;
	if (wanted->arp) {
		put(frame, 28);
		return;
	}
	if (wanted->ipv6) {
		put_ip6(frame, wanted->extension ? IPPROTO_DSTOPTS : proto, 0, wanted->outgoing);
		if (wanted->extension)
			*(unsigned char *)put(frame, 8) = proto;
	} else {
		put_ip4(frame, proto, 0, wanted->outgoing);
	}
	put_payload(frame, wanted, proto);
	frame->length -= wanted->cut;
	if (wanted->ipv6) {
		((struct ipv6hdr *)(frame->bytes + ip))->payload_len = htons(frame->length - ip - sizeof(struct ipv6hdr));
	} else {
		struct iphdr *header = (struct iphdr *)(frame->bytes + ip);

		header->tot_len = htons(frame->length - ip);
		header->frag_off = htons(wanted->fragment);
		header->id = htons(wanted->id);
	}
}

#endif
