// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The half of the guest that knows what the maps hold: the structures are those of bpf/maps.h, not copies. */
/* The headers are for clang's BPF target: what else knows no BTF. */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#define __builtin_btf_type_id(value, flag) 0
#define __builtin_preserve_enum_value(value, flag) 0

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
	terms->high = GUARDS | 0xFFFFULL << PACKED_SPORT | 0xFFFFULL << PACKED_DPORT | 0xFFULL << PACKED_PROTO |
		      0xFFULL << PACKED_ICMP_TYPE | 0xFFULL << PACKED_ICMP_CODE;
	terms->interfaces = ~0ULL;
}

static void allow_port(struct box_terms *terms)
{
	match_all(terms);
	terms->low = (__u64)IPPROTO_TCP << PACKED_PROTO | (__u64)ALLOWED_PORT << PACKED_DPORT;
	terms->high = GUARDS | 0xFFFFULL << PACKED_SPORT | (__u64)ALLOWED_PORT << PACKED_DPORT |
		      (__u64)IPPROTO_TCP << PACKED_PROTO | 0xFFULL << PACKED_ICMP_TYPE | 0xFFULL << PACKED_ICMP_CODE;
	terms->fate = ALLOWING_RULE | HAS_PORTS << BOX_NEEDS_SHIFT | BOX_ALLOW << BOX_ACTION_SHIFT;
}

static void deny_all(struct box_terms *terms)
{
	match_all(terms);
	terms->fate = DENYING_RULE | BOX_DENY << BOX_ACTION_SHIFT;
}

/*
 * The only function that knows the classifier's format: a tree of one leaf, which both IP versions share, and two boxes of
 * each.
 */
int write_table(void)
{
	struct bank *bank = map_memory("banks");
	volatile __u64 *in_force = map_memory("descriptors");
	struct space space = { .trees = 1 };
	struct box4 *four;
	struct box6 *six;

	if (!bank || !in_force)
		return -1;
	bank->word[0] = (__u64)NODE_LEAF << 60 | 2ULL << 32; /* its run begins behind 8 bytes */
	bank->word[1] = 1ULL << 32;			      /* box 0, box 1 */
	bank->word[2] = NO_BOX;
	four = (struct box4 *)&bank->word[3];
	six = (struct box6 *)(four + 2);
	allow_port(&four[0].terms);
	deny_all(&four[1].terms);
	allow_port(&six[0].terms);
	deny_all(&six[1].terms);
	space.boxes = (__u64 *)four - bank->word;
	bank->space[0] = space;
	space.boxes = (__u64 *)six - bank->word;
	bank->space[1] = space;
	in_force[DESCRIPTOR_CANDIDATE] = GENERATION << 32; /* bank 0 */
	in_force[DESCRIPTOR_IN_FORCE] = GENERATION << 32;
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
