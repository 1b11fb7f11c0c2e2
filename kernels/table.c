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

/* Of all packets; both ends of all ranges. */
#define LOWEST 0ULL
#define HIGHEST                                                                                                        \
	(0xFFFFULL << PACKED_SPORT | 0xFFFFULL << PACKED_DPORT | 0xFFULL << PACKED_PROTO | 0xFFULL << PACKED_ICMP_TYPE | \
	 0xFFULL << PACKED_ICMP_CODE)

static void fill_terms(struct box_terms *terms, __u32 action, __u32 needs, __u32 rule)
{
	terms->low = LOWEST;
	terms->high = GUARDS | HIGHEST;
	terms->bits = ~0ULL;
	terms->classes = (__u64)(CLASS_MAX | CLASS_SOURCE_GUARD | CLASS_MAX << CLASS_DEST_SHIFT | CLASS_DEST_GUARD) << 32;
	terms->fate = action << BOX_ACTION_SHIFT | needs << BOX_NEEDS_SHIFT | rule;
}

static void allow_port(struct box_terms *terms)
{
	__u64 port = (__u64)ALLOWED_PORT << PACKED_DPORT | (__u64)IPPROTO_TCP << PACKED_PROTO;

	fill_terms(terms, BOX_ALLOW, HAS_PORTS, ALLOWING_RULE);
	terms->low |= port;
	terms->high = (terms->high & ~(0xFFFFULL << PACKED_DPORT | 0xFFULL << PACKED_PROTO)) | port;
}

static void deny_all(struct box_terms *terms)
{
	fill_terms(terms, BOX_DENY, 0, DENYING_RULE);
}

/* Where the words of the table stand in a bank. */
#define LEAF 0
#define RUN 1 /* both boxes and the end, of 4 bytes each */
#define BOXES4 3
#define BOXES6 (BOXES4 + 2 * sizeof(struct box4) / 8)

/* The only function that knows the classifier's format: one tree that is one leaf. */
int write_table(void)
{
	struct bank *bank = map_memory("banks");
	volatile __u64 *in_force = map_memory("descriptors");
	__u64 descriptor = GENERATION << 32; /* bank 0 */
	struct box4 *four;
	struct box6 *six;

	if (!bank || !in_force)
		return -1;
	bank->space[0] = (struct space){ .trees = 1, .root[0] = LEAF, .connect_root = LEAF, .boxes = BOXES4 };
	bank->space[1] = (struct space){ .trees = 1, .root[0] = LEAF, .connect_root = LEAF, .boxes = BOXES6 };
	bank->word[LEAF] = (__u64)NODE_LEAF << 60 | (__u64)(2 * RUN) << 32;
	bank->word[RUN] = 0 | 1ULL << 32;
	bank->word[RUN + 1] = NO_BOX;
	four = (struct box4 *)&bank->word[BOXES4];
	six = (struct box6 *)&bank->word[BOXES6];
	allow_port(&four[0].terms);
	deny_all(&four[1].terms);
	allow_port(&six[0].terms);
	deny_all(&six[1].terms);
	in_force[DESCRIPTOR_CANDIDATE] = descriptor;
	in_force[DESCRIPTOR_IN_FORCE] = descriptor;
	return 0;
}

unsigned int fit_banks(void *value, unsigned int largest)
{
	const unsigned int others = sizeof(struct bank) - sizeof(((struct bank *)0)->word);
	struct settings *fitted = value;

	while (others + 8 * fitted->bank_words > largest)
		fitted->bank_words /= 2;
	return others + 8 * fitted->bank_words;
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

long read_repeats(void)
{
	struct event_key key, *before = NULL;
	struct repeats repeats;
	long packets = 0;

	while (!map_next_key("repeats", before, &key)) {
		before = &key;
		if (key.rule == DENYING_RULE && !map_lookup("repeats", &key, &repeats))
			packets += repeats.packets;
	}
	return packets;
}

int rule_of_event(const void *event, unsigned long bytes)
{
	return bytes < sizeof(struct event) ? NO_RULE : ((const struct event *)event)->key.rule;
}
