/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What a kernel has, found by trying it. */
#ifndef SEGMENTATION_FEATURES_H
#define SEGMENTATION_FEATURES_H

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HELPER_KTIME_GET_COARSE_NS 160
#define HELPER_GET_NETNS_COOKIE 122
#define TCX_INGRESS 46 /* enum bpf_attach_type; newer than the headers of Debian 12 */
#define TCX_EGRESS 47
#define LARGEST_VALUE (32U << 20)

static inline void feature(const char *name, bool has)
{
	printf("feature %s %s\n", name, has ? "yes" : "no");
}

static inline bool loads(enum bpf_prog_type type, const struct bpf_insn *code, size_t count)
{
	int fd = bpf_prog_load(type, "feature", "GPL", code, count, NULL);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* A byte of the stack at an offset that only the packet's hash knows, 0 to 7. */
static inline bool reads_stack_at_variable_offset(void)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 1, .off = 0 }, /* skb->len */
		{ .code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = 10, .off = -8, .imm = 0 },
		{ .code = BPF_ALU64 | BPF_AND | BPF_K, .dst_reg = 2, .imm = 7 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 3, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 3, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_X, .dst_reg = 3, .src_reg = 2 },
		{ .code = BPF_LDX | BPF_MEM | BPF_B, .dst_reg = 0, .src_reg = 3 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return loads(BPF_PROG_TYPE_SCHED_CLS, code, sizeof(code) / sizeof(*code));
}

/* Libbpf of Debian 12 knows no tcx. */
static inline int tcx_link(int program, int ifindex, int hook)
{
	struct {
		__u32 program, ifindex, hook, flags;
		__u32 more[28]; /* zero: before no one, behind no one */
	} request = { program, ifindex, hook };

	return syscall(__NR_bpf, BPF_LINK_CREATE, &request, sizeof(request));
}

/* Without tcx a kernel does not come to ask for the interface. */
static inline bool has_tcx(void)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = -1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int program = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "feature", "GPL", code, 2, NULL);
	bool has = tcx_link(program, INT_MAX, TCX_INGRESS) < 0 && errno == ENODEV;

	close(program);
	return has;
}

static inline unsigned int largest_mmapable_value(void)
{
	static const unsigned int sizes[] = {
		LARGEST_VALUE, LARGEST_VALUE - 4096, LARGEST_VALUE / 2, LARGEST_VALUE / 4,
		LARGEST_VALUE / 8, LARGEST_VALUE / 8 - 4096, 1 << 20, 4096, 8,
	};
	LIBBPF_OPTS(bpf_map_create_opts, mmapable, .map_flags = BPF_F_MMAPABLE);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "feature", 4, sizes[i], 1, &mmapable);

		if (fd >= 0) {
			close(fd);
			return sizes[i];
		}
	}
	return 0;
}

static inline void print_features(void)
{
	struct btf *kernel = btf__load_vmlinux_btf();

	feature("btf", kernel);
	feature("ringbuf", libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL) == 1);
	printf("feature mmapable_value %u\n", largest_mmapable_value());
	feature("variable_stack_offset", reads_stack_at_variable_offset());
	feature("ktime_get_coarse_ns",
		libbpf_probe_bpf_helper(BPF_PROG_TYPE_SCHED_CLS, HELPER_KTIME_GET_COARSE_NS, NULL) == 1);
	feature("get_netns_cookie",
		libbpf_probe_bpf_helper(BPF_PROG_TYPE_CGROUP_SOCK_ADDR, HELPER_GET_NETNS_COOKIE, NULL) == 1);
	feature("tcx", has_tcx());
	feature("netkit", kernel && btf__find_by_name_kind(kernel, "netkit", BTF_KIND_STRUCT) > 0);
	btf__free(kernel);
}

#endif
