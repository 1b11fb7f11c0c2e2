// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The half of the guest that knows what the maps hold: the structures are those of bpf/maps.h, not copies. */
/* The headers are for clang's BPF target: what else knows no BTF. */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#define __builtin_btf_type_id(value, flag) 0

#include "maps.h"
#include "conntrack.h"
#include "counters.h"
#include "events.h"
#include "guest.h"

#define GENERATION 1ULL
#define CPUS_MAX 64

static void match_all(struct box_terms *terms)
{
	__builtin_memset(terms, 0, sizeof(*terms));
	terms->sport_high = 0xFFFF;
	terms->dport_high = 0xFFFF;
	terms->proto_high = 0xFF;
	terms->icmp_type_high = 0xFF;
	terms->icmp_code_high = 0xFF;
	terms->interfaces = ~0ULL;
}

static void allow_port(struct box_terms *terms)
{
	match_all(terms);
	terms->proto_low = IPPROTO_TCP;
	terms->proto_high = IPPROTO_TCP;
	terms->dport_low = ALLOWED_PORT;
	terms->dport_high = ALLOWED_PORT;
	terms->needs = HAS_PORTS;
	terms->action = BOX_ALLOW;
	terms->rule = ALLOWING_RULE;
}

static void deny_all(struct box_terms *terms)
{
	match_all(terms);
	terms->action = BOX_DENY;
	terms->rule = DENYING_RULE;
}

/* The only function that knows the classifier's format. */
int write_table(void)
{
	struct bank4 *four = map_memory("boxes4");
	struct bank6 *six = map_memory("boxes6");
	volatile __u64 *in_force = map_memory("descriptors");
	__u64 descriptor = GENERATION << 32 | 2 << 15 | 2; /* bank 0, two boxes of each IP version */

	if (!four || !six || !in_force)
		return -1;
	allow_port(&four->box[0].terms);
	deny_all(&four->box[1].terms);
	allow_port(&six->box[0].terms);
	deny_all(&six->box[1].terms);
	in_force[DESCRIPTOR_CANDIDATE] = descriptor;
	in_force[DESCRIPTOR_IN_FORCE] = descriptor;
	return 0;
}

int read_outcome(struct outcome *outcome)
{
	struct trial trial;
	__u32 zero = 0;

	if (map_lookup("trials", &zero, &trial))
		return -1;
	outcome->dropped = trial.verdict == VERDICT_DROPPED;
	outcome->rule = trial.rule;
	return 0;
}

void read_totals(int hook, long *passed, long *dropped)
{
	static struct totals of_cpu[CPUS_MAX];
	__u32 zero = 0;

	*passed = *dropped = -1;
	if (possible_cpus() > CPUS_MAX || map_lookup("totals", &zero, of_cpu))
		return;
	*passed = *dropped = 0;
	for (int cpu = 0; cpu < possible_cpus(); cpu++) {
		*passed += of_cpu[cpu].packets[hook][VERDICT_ALLOWED];
		*dropped += of_cpu[cpu].packets[hook][VERDICT_DROPPED];
	}
}

int rule_of_event(const void *event, unsigned long bytes)
{
	return bytes < sizeof(struct event) ? NO_RULE : ((const struct event *)event)->rule;
}
