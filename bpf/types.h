/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The words all headers share: numbers of the wire, hooks, verdicts, reasons. */
#ifndef SEGMENTATION_TYPES_H
#define SEGMENTATION_TYPES_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

/* vmlinux.h has types, but not the preprocessor's constants. */
#define ETH_P_IP 0x0800
#define ETH_P_ARP 0x0806
#define ETH_P_IPV6 0x86DD
#define ETH_P_8021Q 0x8100
#define ETH_P_8021AD 0x88A8

#define IPPROTO_HOPOPTS 0
#define IPPROTO_ROUTING 43
#define IPPROTO_FRAGMENT 44
#define IPPROTO_ICMPV6 58
#define IPPROTO_DSTOPTS 60

#define TC_NEXT (-1) /* TC_ACT_UNSPEC and TCX_NEXT: programs of others go on */
#define TC_DROP 2    /* TC_ACT_SHOT and TCX_DROP */

#define FAMILY_V4 4
#define FAMILY_V6 6

#define NO_RULE (-1)

#define NSEC_PER_SEC 1000000000ULL

/* Index into per-direction arrays as well. */
enum direction {
	INGRESS = 0,
	EGRESS = 1,
};

/* In the order of contracts.Hook. */
enum hook {
	HOOK_XDP = 0,
	HOOK_TC_INGRESS = 1,
	HOOK_TC_EGRESS = 2,
	HOOK_CONNECT4 = 3,
	HOOK_CONNECT6 = 4,
	HOOKS = 8, /* powers of two, here and below: an index is bounded by a mask */
};

/* In the order of contracts.Verdict. */
enum verdict {
	VERDICT_ALLOWED = 0,
	VERDICT_DROPPED = 1,
	VERDICT_AUDITED = 2,
	VERDICTS = 4,
};

/* In the order of contracts.Reason. */
enum reason {
	REASON_RULE_ALLOW = 0,
	REASON_RULE_DENY = 1,
	REASON_RULE_LOG = 2,
	REASON_DEFAULT_DENY = 3,
	REASON_DEFAULT_ALLOW = 4,
	REASON_POSTURE = 5,
	REASON_AUDIT_WOULD_DENY = 6,
	REASON_ESTABLISHED = 7,
	REASON_FAILSAFE = 8,
	REASON_MALFORMED = 9,
	REASON_RATE_LIMITED = 10,
	REASON_NON_IP = 11,
	REASONS = 16, /* room, so that a new reason does not change a map's layout */
};

/* Of the clock that deadlines and flows go by; the time of the last tick is enough and costs less. */
static __always_inline __u64 coarse_now(void)
{
	/* Linux 5.10 has only the exact one */
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_ktime_get_coarse_ns) ? bpf_ktime_get_coarse_ns()
											  : bpf_ktime_get_ns();
}

#endif
