/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the two halves of the guest say to each other: one knows libc and libbpf, the other the layouts of bpf/maps.h. */
#ifndef SEGMENTATION_GUEST_H
#define SEGMENTATION_GUEST_H

#define ALLOWING_RULE 1 /* the slots of the two rules of the table */
#define DENYING_RULE 2
#define ALLOWED_PORT 443
#define DENIED_PORT 80

/* What a golden packet was decided to be. */
struct outcome {
	int dropped;
	int rule;
};

/* table.c */

/* Sets the words of a bank in the settings to what a kernel takes; returns the bytes of the value. */
unsigned int fit_banks(void *settings, unsigned int largest);
/* Puts a table in force: TCP to ALLOWED_PORT passes by ALLOWING_RULE, all else is dropped by DENYING_RULE. */
int write_table(void);
int read_outcome(struct outcome *outcome);
/* Packets that the programs of a hook dropped or let pass on any CPU; both -1 when the map cannot be read. */
void read_totals(int hook, long *passed, long *dropped);
/* How many packets the denying rule dropped, by the counts of equal decisions. */
long read_repeats(void);
/* The rule of an event as the ring buffer holds it. */
int rule_of_event(const void *event, unsigned long bytes);

/* guest.c: the maps of the loaded object, by name */

int map_update(const char *name, const void *key, const void *value);
int map_lookup(const char *name, const void *key, void *value);
int map_next_key(const char *name, const void *key, void *next);
/* All entries of a mmapable array, to be written to; NULL when there is none. */
void *map_memory(const char *name);
int possible_cpus(void);

#endif
