/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What no policy may cut: without it a host loses its network, or its agent the bus. */
#ifndef SEGMENTATION_FAILSAFE_H
#define SEGMENTATION_FAILSAFE_H

#include "conntrack.h"
#include "maps.h"
#include "parse.h"

#define PORT_DHCP_SERVER 67
#define PORT_DHCP_CLIENT 68
#define PORT_DHCP6_CLIENT 546
#define PORT_DHCP6_SERVER 547

#define MLD_FIRST 130 /* query; then report and done of version 1 */
#define MLD_LAST 132
#define MLD2_REPORT 143
#define MLD_HOP_LIMIT 1 /* of this link (RFC 3810 §5); snooping switches forget who does not report */

#define ND_FIRST 133 /* router solicitation; then advertisement, neighbour solicitation, advertisement, redirect */
#define ND_LAST 137
#define ND_HOP_LIMIT 255 /* proves that the packet crossed no router (RFC 4861) */

static __always_inline bool is_pair(const struct packet *pkt, __u16 one, __u16 other)
{
	return (pkt->sport == one && pkt->dport == other) || (pkt->sport == other && pkt->dport == one);
}

static __always_inline bool is_mld(const struct packet *pkt)
{
	return (pkt->icmp_type >= MLD_FIRST && pkt->icmp_type <= MLD_LAST) || pkt->icmp_type == MLD2_REPORT;
}

/*
 * Neighbour discovery, multicast listener discovery, DHCP, DHCPv6, fragmentation needed and packet too big. ARP is not
 * IP and passes before.
 */
static __always_inline bool keeps_network_alive(const struct packet *pkt)
{
	if (pkt->has & HAS_ICMP) {
		if (pkt->proto == IPPROTO_ICMP)
			return pkt->family == FAMILY_V4 && pkt->icmp_type == ICMP4_UNREACHABLE &&
			       pkt->icmp_code == ICMP4_FRAGMENTATION_NEEDED;
		if (pkt->family != FAMILY_V6)
			return false;
		return pkt->icmp_type == ICMP6_PACKET_TOO_BIG || (is_mld(pkt) && pkt->hop_limit == MLD_HOP_LIMIT) ||
		       (pkt->icmp_type >= ND_FIRST && pkt->icmp_type <= ND_LAST && pkt->hop_limit == ND_HOP_LIMIT);
	}
	if (pkt->proto == IPPROTO_UDP && pkt->has & HAS_PORTS)
		return pkt->family == FAMILY_V4 ? is_pair(pkt, PORT_DHCP_SERVER, PORT_DHCP_CLIENT)
						: is_pair(pkt, PORT_DHCP6_SERVER, PORT_DHCP6_CLIENT);
	return false;
}

static __always_inline bool is_loopback_address(const __be32 *address, __u8 family)
{
	if (family == FAMILY_V4)
		return (bpf_ntohl(address[0]) >> 24) == 127;
	return !address[0] && !address[1] && !address[2] && address[3] == bpf_htonl(1);
}

/* The configured peers. The port of an entry is the peer's, or this host's where the peer manages it. */
static __always_inline bool is_failsafe_peer(const __be32 *peer, const struct packet *pkt, __u16 peer_port,
					     __u16 own_port)
{
	struct failsafe_key key = { .prefix_length = 32 + 128, .family = pkt->family };
	struct failsafe_value *value;

	__builtin_memcpy(key.peer, peer, sizeof(key.peer));
	value = bpf_map_lookup_elem(&failsafe, &key);
	if (!value)
		return false;
	for (__u32 i = 0; i < FAILSAFE_PORTS; i++) {
		const struct failsafe_port *port = &value->port[i];

		if (i >= value->count)
			break;
		if (port->proto && port->proto != pkt->proto)
			continue;
		if (!port->port)
			return true;
		if (pkt->has & HAS_PORTS && (port->port == peer_port || port->port == own_port))
			return true;
	}
	return false;
}

/* Of the packet at work there. Global, so that the verifier checks it by itself. */
__noinline bool is_failsafe(__u8 direction, __u32 at)
{
	struct work *work = work_at(at);
	const struct packet *pkt;

	if (!work)
		return false;
	pkt = &work->scan.pkt;
	if (keeps_network_alive(pkt))
		return true;
	if (is_loopback_address(pkt->src, pkt->family) && is_loopback_address(pkt->dst, pkt->family))
		return true;
	return direction == INGRESS ? is_failsafe_peer(pkt->src, pkt, pkt->sport, pkt->dport)
				    : is_failsafe_peer(pkt->dst, pkt, pkt->dport, pkt->sport);
}

#endif
