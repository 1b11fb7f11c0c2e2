// What MapSyncBenchmark does, in C: the same calls of libbpf on the same pinned hash, as its reference.
// Usage: map-sync PIN ENTRIES ROUNDS; prints the nanoseconds of writing and of reading all entries, a line a round.
#include <bpf/bpf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH 4096 // as BpfMap

struct value {
	uint64_t first;
	uint8_t rest[56];
};

static uint64_t keys[BATCH];
static struct value values[BATCH];

static uint64_t now(void)
{
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1000000000ull + at.tv_nsec;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void write_all(int map, uint64_t entries)
{
	struct value value = {};
	for (uint64_t key = 0; key < entries; key++) {
		value.first = key;
		if (bpf_map_update_elem(map, &key, &value, BPF_ANY))
			fail("bpf_map_update_elem");
	}
}

static uint64_t read_all(int map)
{
	uint64_t sum = 0, token;
	void *from = NULL;
	int error;
	do {
		uint32_t count = BATCH;
		error = bpf_map_lookup_batch(map, from, &token, keys, values, &count, NULL);
		if (error && errno != ENOENT)
			fail("bpf_map_lookup_batch");
		for (uint32_t i = 0; i < count; i++)
			sum += keys[i] ^ values[i].first << 1;
		from = &token;
	} while (!error);
	return sum;
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	int map = bpf_obj_get(argv[1]);
	if (map < 0)
		fail("bpf_obj_get");
	uint64_t entries = strtoull(argv[2], NULL, 10), sum = 0;
	for (int round = atoi(argv[3]); round > 0; round--) {
		uint64_t start = now();
		write_all(map, entries);
		uint64_t written = now();
		sum = read_all(map);
		printf("%lu %lu\n", written - start, now() - written);
	}
	fprintf(stderr, "%lu\n", sum);
	return 0;
}
