// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Loads the programs into the kernel it runs on, asks them for verdicts, attaches them and sends real packets. As
 * process 1 of a virtual machine it sets up what it needs and powers off; else it expects network and mount namespaces
 * of its own. Each finding is a line on standard output, first its kind; a failure's ends in FAILED and why.
 */
#define _GNU_SOURCE
#include "features.h"
#include "frames.h"
#include "guest.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <termios.h>
#include <time.h>

#define CGROUPS "/tmp/segmentation-cgroup"
#define OWN_CGROUP CGROUPS "/segmentation-kernels"
#define LOG_STATISTICS 4 /* BPF_LOG_STATS */
#define LOG_BYTES (1 << 16)
#define LOG_ALL 5 /* and BPF_LOG_LEVEL1 */
#define LOG_ALL_BYTES (1 << 26) /* the verifier gives up when its log is full */
#define LOG_SHOWN 3000
#define NEXT (-1)	 /* TC_NEXT */
#define DROP 2		 /* TC_DROP */
#define TUN_MINOR 200
#define PATIENCE_MS 2000
#define TIMES 2 /* each frame is judged */

/* enum hook of bpf/types.h */
#define XDP 0
#define TC_INGRESS 1
#define TC_EGRESS 2

static struct bpf_object *object;
static int failures;
static int drops; /* kinds that tc and xdp dropped so far: each makes an event, and is counted TIMES */

static void __attribute__((format(printf, 1, 2))) ok(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
}

static void __attribute__((format(printf, 1, 2))) failed(const char *format, ...)
{
	va_list arguments;

	failures++;
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int possible_cpus(void)
{
	return libbpf_num_possible_cpus();
}

static int map_fd(const char *name)
{
	return bpf_object__find_map_fd_by_name(object, name);
}

int map_update(const char *name, const void *key, const void *value)
{
	return bpf_map_update_elem(map_fd(name), key, value, BPF_ANY);
}

int map_lookup(const char *name, const void *key, void *value)
{
	return bpf_map_lookup_elem(map_fd(name), key, value);
}

int map_next_key(const char *name, const void *key, void *next)
{
	return bpf_map_get_next_key(map_fd(name), key, next);
}

void *map_memory(const char *name)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(object, name);
	size_t bytes;
	void *memory;

	if (!map)
		return NULL;
	bytes = ((size_t)bpf_map__value_size(map) + 7) / 8 * 8 * bpf_map__max_entries(map);
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	return memory == MAP_FAILED ? NULL : memory;
}

static int program_fd(const char *name)
{
	return bpf_program__fd(bpf_object__find_program_by_name(object, name));
}

/* ---- loading ---- */

static void fit_maps(struct bpf_object *opened)
{
	struct bpf_map *settings = bpf_object__find_map_by_name(opened, ".rodata.settings");
	struct bpf_map *banks = bpf_object__find_map_by_name(opened, "banks");
	size_t bytes;
	void *value = (void *)bpf_map__initial_value(settings, &bytes);

	bpf_map__set_value_size(banks, fit_banks(value, largest_mmapable_value()));
}

static struct bpf_object *open_object(const char *path, const char *only, int log_level, size_t log_bytes)
{
	struct bpf_object *opened = bpf_object__open_file(path, NULL);
	struct bpf_program *program;

	if (!opened)
		return NULL;
	fit_maps(opened);
	bpf_object__for_each_program(program, opened) {
		bool wanted = !only || !strcmp(only, bpf_program__name(program));

		bpf_program__set_autoload(program, wanted);
		if (!wanted)
			continue;
		bpf_program__set_log_level(program, log_level);
		bpf_program__set_log_buf(program, calloc(1, log_bytes), log_bytes);
	}
	return opened;
}

static const char *log_of(const struct bpf_program *program)
{
	size_t bytes;

	return bpf_program__log_buf(program, &bytes);
}

/* "verification time 123 usec ... processed 456 insns": of the program and its global functions together. */
static void print_loaded(const char *name, const char *log)
{
	long microseconds = 0, instructions = 0;
	const char *at;

	for (at = log; (at = strstr(at, "verification time ")); at++)
		microseconds += atol(at + strlen("verification time "));
	for (at = log; (at = strstr(at, "processed ")); at++)
		instructions += atol(at + strlen("processed "));
	ok("load %s ok %ld instructions %ld ms", name, instructions, microseconds / 1000);
}

/* Loads a program of the object by itself; when that fails the end of the log says why. */
static void load_alone(const char *name, const char *path)
{
	long since = now_ms();
	const char *log;
	size_t length;
	int error;

	object = open_object(path, name, LOG_ALL, LOG_ALL_BYTES);
	error = bpf_object__load(object);
	if (!error) {
		ok("load %s alone ok %ld ms", name, now_ms() - since);
	} else {
		failed("load %s FAILED %s after %ld ms", name, strerror(-error), now_ms() - since);
		log = log_of(bpf_object__find_program_by_name(object, name));
		length = strlen(log);
		printf("%s\n", log + (length > LOG_SHOWN ? length - LOG_SHOWN : 0));
	}
	bpf_object__close(object);
}

static int load(const char *path)
{
	struct bpf_program *program;
	struct bpf_object *names;

	object = open_object(path, NULL, LOG_STATISTICS, LOG_BYTES);
	if (!object) {
		failed("load object FAILED %s", strerror(errno));
		return -1;
	}
	if (!bpf_object__load(object)) {
		bpf_object__for_each_program(program, object)
			print_loaded(bpf_program__name(program), log_of(program));
		return 0;
	}
	/* one by one, to say which */
	bpf_object__close(object);
	names = bpf_object__open_file(path, NULL);
	bpf_object__for_each_program(program, names)
		load_alone(bpf_program__name(program), path);
	bpf_object__close(names);
	return -1;
}

/* ---- verdicts ---- */

struct expectation {
	const char *program;
	const char *what;
	struct wanted frame;
	int returned;
	int rule; /* of golden packets */
};

/* In this order: the later ones build upon the flows of the earlier. */
static const struct expectation expectations[] = {
	{ "golden", "allowed port", { .dport = ALLOWED_PORT }, NEXT, ALLOWING_RULE },
	{ "golden", "other port", { .dport = DENIED_PORT }, DROP, DENYING_RULE },
	{ "golden", "other protocol", { .proto = IPPROTO_UDP, .dport = ALLOWED_PORT }, DROP, DENYING_RULE },
	{ "golden", "two VLAN tags", { .tags = 2, .dport = ALLOWED_PORT }, NEXT, ALLOWING_RULE },
	{ "golden", "cut header", { .cut = 4, .dport = ALLOWED_PORT }, DROP, -1 },
	{ "golden", "IPv6, allowed port", { .ipv6 = 1, .dport = ALLOWED_PORT }, NEXT, ALLOWING_RULE },
	{ "golden", "IPv6, other port", { .ipv6 = 1, .dport = DENIED_PORT }, DROP, DENYING_RULE },
	{ "golden", "IPv6, extension header", { .ipv6 = 1, .extension = 1, .dport = ALLOWED_PORT }, NEXT, ALLOWING_RULE },
	{ "tc_ingress", "SYN to the allowed port", { .sport = HIGH_PORT, .dport = ALLOWED_PORT }, NEXT },
	{ "tc_egress", "its answer", { .outgoing = 1, .ack = 1, .sport = ALLOWED_PORT, .dport = HIGH_PORT }, NEXT },
	{ "tc_ingress", "SYN to another port", { .sport = HIGH_PORT, .dport = DENIED_PORT }, DROP },
	{ "tc_egress", "answer of no flow", { .outgoing = 1, .ack = 1, .sport = DENIED_PORT, .dport = HIGH_PORT }, DROP },
	{ "tc_ingress", "ICMP error about the flow", { .quotes = ALLOWED_PORT }, NEXT },
	{ "tc_ingress", "ICMP error about none", { .quotes = DENIED_PORT }, DROP },
	{ "tc_ingress", "first fragment", { .dport = ALLOWED_PORT, .id = 5, .fragment = 0x2000 }, NEXT },
	{ "tc_ingress", "fragment that follows", { .dport = ALLOWED_PORT, .id = 5, .fragment = 100 }, NEXT },
	{ "tc_ingress", "fragment of nothing", { .dport = ALLOWED_PORT, .id = 6, .fragment = 100 }, DROP },
	{ "tc_ingress", "neighbour discovery", { .ipv6 = 1, .solicits = 1 }, NEXT },
	{ "tc_ingress", "ARP", { .arp = 1 }, NEXT },
	{ "tc_ingress", "IPv6 SYN to the allowed port", { .ipv6 = 1, .sport = HIGH_PORT, .dport = ALLOWED_PORT }, NEXT },
	{ "tc_ingress", "IPv6 SYN to another port", { .ipv6 = 1, .sport = HIGH_PORT, .dport = DENIED_PORT }, DROP },
	{ "xdp_ingress", "SYN to the allowed port", { .sport = HIGH_PORT, .dport = ALLOWED_PORT }, XDP_PASS },
	{ "xdp_ingress", "SYN to another port", { .sport = HIGH_PORT, .dport = DENIED_PORT }, XDP_DROP },
	{ "xdp_ingress", "IPv6 SYN to another port", { .ipv6 = 1, .sport = HIGH_PORT, .dport = DENIED_PORT }, XDP_DROP },
};

static const unsigned char anyone[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };

static void expect(const struct expectation *expected)
{
	bool golden = !strcmp(expected->program, "golden");
	bool xdp = !strcmp(expected->program, "xdp_ingress");
	struct outcome outcome;
	struct frame frame;
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame.bytes, .repeat = TIMES);

	make_frame(&frame, &expected->frame, anyone);
	run.data_size_in = frame.length;
	if (bpf_prog_test_run_opts(program_fd(expected->program), &run)) {
		failed("verdict %s: %s FAILED %s", expected->program, expected->what, strerror(errno));
		return;
	}
	if (!golden && (int)run.retval == (xdp ? XDP_DROP : DROP))
		drops++;
	if ((int)run.retval != expected->returned) {
		failed("verdict %s: %s FAILED returned %d", expected->program, expected->what, (int)run.retval);
		return;
	}
	if (golden && (read_outcome(&outcome) || outcome.dropped != (expected->returned == DROP) ||
		       outcome.rule != expected->rule)) {
		failed("verdict %s: %s FAILED rule %d", expected->program, expected->what, outcome.rule);
		return;
	}
	ok("verdict %s: %s ok", expected->program, expected->what);
}

static int count_event(void *events, void *event, size_t bytes)
{
	*(int *)events += rule_of_event(event, bytes) == DENYING_RULE;
	return 0;
}

static void expect_events(void)
{
	int events = 0;
	long counted = read_repeats();
	struct ring_buffer *ring = ring_buffer__new(map_fd("events"), count_event, &events, NULL);

	if (!ring || ring_buffer__consume(ring) < 0 || events != drops || counted != (long)drops * TIMES)
		failed("events FAILED %d of %d, for %ld packets", events, drops, counted);
	else
		ok("events ok %d, for %ld packets", events, counted);
	ring_buffer__free(ring);
}

/* ---- attached ---- */

static int control;

static int configure(unsigned long request, struct ifreq *interface, const char *what)
{
	if (!ioctl(control, request, interface))
		return 0;
	failed("interface FAILED %s: %s", what, strerror(errno));
	return -1;
}

/* A TAP device: what is written to it arrives at the interface. Leaves the index in interface. */
static int make_tap(struct ifreq *interface, unsigned char *address)
{
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(OWN4) };
	int tap;

	mkdir("/dev/net", 0755);
	mknod("/dev/net/tun", S_IFCHR | 0600, makedev(10, TUN_MINOR));
	tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
	memset(interface, 0, sizeof(*interface));
	strcpy(interface->ifr_name, "tap0");
	interface->ifr_flags = IFF_TAP | IFF_NO_PI;
	if (tap < 0 || ioctl(tap, TUNSETIFF, interface)) {
		failed("interface FAILED tap: %s", strerror(errno));
		return -1;
	}
	if (configure(SIOCGIFHWADDR, interface, "hardware address"))
		return -1;
	memcpy(address, interface->ifr_hwaddr.sa_data, ETH_ALEN);
	memcpy(&interface->ifr_addr, &own, sizeof(own));
	if (configure(SIOCSIFADDR, interface, "address"))
		return -1;
	own.sin_addr.s_addr = htonl(0xFFFFFF00);
	memcpy(&interface->ifr_netmask, &own, sizeof(own));
	if (configure(SIOCSIFNETMASK, interface, "netmask"))
		return -1;
	interface->ifr_flags = IFF_UP;
	if (configure(SIOCSIFFLAGS, interface, "up") || configure(SIOCGIFINDEX, interface, "index"))
		return -1;
	return tap;
}

static void attach_tc(int ifindex, const char *program, int hook)
{
	bool ingress = hook == TCX_INGRESS;
	LIBBPF_OPTS(bpf_tc_hook, qdisc, .ifindex = ifindex, .attach_point = ingress ? BPF_TC_INGRESS : BPF_TC_EGRESS);
	LIBBPF_OPTS(bpf_tc_opts, filter, .handle = 1, .priority = 1, .prog_fd = program_fd(program));
	int error;

	if (tcx_link(program_fd(program), ifindex, hook) >= 0) { /* held until this process ends */
		ok("attach %s tcx", program);
		return;
	}
	error = bpf_tc_hook_create(&qdisc);
	if (!error || error == -EEXIST)
		error = bpf_tc_attach(&qdisc, &filter);
	if (error)
		failed("attach %s FAILED %s", program, strerror(-error));
	else
		ok("attach %s clsact", program);
}

static void send_frame(int tap, const struct wanted *wanted, const unsigned char *to)
{
	struct frame frame;

	make_frame(&frame, wanted, to);
	if (write(tap, frame.bytes, frame.length) != frame.length)
		failed("interface FAILED write: %s", strerror(errno));
}

static void expect_counted(const char *what, int hook, bool dropped, long before)
{
	long deadline = now_ms() + PATIENCE_MS, passed, lost;

	do {
		read_totals(hook, &passed, &lost);
		if ((dropped ? lost : passed) == before + 1) {
			ok("packet %s ok", what);
			return;
		}
		usleep(1000);
	} while (now_ms() < deadline);
	failed("packet %s FAILED %ld instead of %ld counted", what, dropped ? lost : passed, before + 1);
}

static void expect_packets(int tap, const unsigned char *address, int ifindex)
{
	static const struct wanted allowed = { .sport = HIGH_PORT + 1, .dport = ALLOWED_PORT };
	static const struct wanted denied = { .sport = HIGH_PORT + 1, .dport = DENIED_PORT };
	long passed, dropped;
	int error;

	attach_tc(ifindex, "tc_ingress", TCX_INGRESS);
	attach_tc(ifindex, "tc_egress", TCX_EGRESS);
	read_totals(TC_INGRESS, &passed, &dropped);
	send_frame(tap, &allowed, address);
	expect_counted("tc lets in", TC_INGRESS, false, passed);
	send_frame(tap, &denied, address);
	expect_counted("tc drops", TC_INGRESS, true, dropped);
	error = bpf_xdp_attach(ifindex, program_fd("xdp_ingress"), 0, NULL);
	if (error) {
		failed("attach xdp_ingress FAILED %s", strerror(-error));
		return;
	}
	ok("attach xdp_ingress xdp");
	read_totals(XDP, &passed, &dropped);
	send_frame(tap, &denied, address);
	expect_counted("xdp drops", XDP, true, dropped);
	bpf_xdp_detach(ifindex, 0, NULL);
}

static void expect_connect(const char *what, int family, const char *to, int port, bool refused)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int result;

	inet_pton(family, to, family == AF_INET ? (void *)&four.sin_addr : (void *)&six.sin6_addr);
	result = family == AF_INET ? connect(fd, (struct sockaddr *)&four, sizeof(four))
				   : connect(fd, (struct sockaddr *)&six, sizeof(six));
	if ((result && errno == EPERM) == refused)
		ok("connect %s ok", what);
	else
		failed("connect %s FAILED %s", what, result ? strerror(errno) : "connected");
	close(fd);
}

static int join(const char *cgroup)
{
	char path[256];
	int fd, error;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	fd = open(path, O_WRONLY);
	error = fd < 0 || write(fd, "0", 1) != 1;
	if (fd >= 0)
		close(fd);
	return error;
}

static void expect_connects(void)
{
	int cgroup;

	mkdir(CGROUPS, 0755);
	if (mount("none", CGROUPS, "cgroup2", 0, NULL)) {
		failed("attach connect4 FAILED cgroup2: %s", strerror(errno));
		return;
	}
	mkdir(OWN_CGROUP, 0755);
	cgroup = open(OWN_CGROUP, O_RDONLY | O_DIRECTORY);
	if (cgroup < 0 || join(OWN_CGROUP))
		failed("attach connect4 FAILED cgroup: %s", strerror(errno));
	else if (bpf_prog_attach(program_fd("connect4"), cgroup, BPF_CGROUP_INET4_CONNECT, BPF_F_ALLOW_MULTI) ||
		 bpf_prog_attach(program_fd("connect6"), cgroup, BPF_CGROUP_INET6_CONNECT, BPF_F_ALLOW_MULTI))
		failed("attach connect4 FAILED %s", strerror(errno));
	else {
		ok("attach connect4 connect6 cgroup");
		expect_connect("to another port", AF_INET, "192.0.2.2", DENIED_PORT, true);
		expect_connect("to the allowed port", AF_INET, "192.0.2.2", ALLOWED_PORT, false);
		expect_connect("of IPv6 to another port", AF_INET6, "2001:db8::2", DENIED_PORT, true);
		expect_connect("of IPv6 to the allowed port", AF_INET6, "2001:db8::2", ALLOWED_PORT, false);
		expect_connect("of an IPv4 address in IPv6", AF_INET6, "::ffff:192.0.2.2", DENIED_PORT, true);
		expect_connect("to this host", AF_INET, "127.0.0.1", DENIED_PORT, false);
	}
	join(CGROUPS);
	if (cgroup >= 0)
		close(cgroup);
	rmdir(OWN_CGROUP);
	umount(CGROUPS);
	rmdir(CGROUPS);
}

static void test(const char *path)
{
	unsigned char address[ETH_ALEN];
	struct ifreq interface;
	int tap;

	if (load(path))
		return;
	if (write_table()) {
		failed("table FAILED %s", strerror(errno));
		return;
	}
	for (size_t i = 0; i < sizeof(expectations) / sizeof(*expectations); i++)
		expect(&expectations[i]);
	expect_events();
	control = socket(AF_INET, SOCK_DGRAM, 0);
	tap = make_tap(&interface, address);
	if (tap < 0)
		return;
	expect_packets(tap, address, interface.ifr_ifindex);
	expect_connects();
	close(tap);
}

/* ---- process 1 ---- */

static void insert_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && syscall(__NR_finit_module, fd, "", 0) && errno != EEXIST)
		failed("module %s FAILED %s", path, strerror(errno));
	close(fd);
}

static void boot(void)
{
	static const char *const folders[] = { "/proc", "/sys", "/dev", "/tmp" };
	int results;

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		mkdir(folders[i], 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	/* the second serial port has the results alone, the first one what the kernel says */
	results = open("/dev/ttyS1", O_WRONLY | O_NOCTTY);
	if (results >= 0)
		dup2(results, STDOUT_FILENO);
	insert_module("/tun.ko");
	insert_module("/sch_ingress.ko");
	insert_module("/cls_bpf.ko");
}

int main(int count, char **arguments)
{
	bool first = getpid() == 1;
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	struct utsname kernel;

	if (first)
		boot();
	setvbuf(stdout, NULL, _IOLBF, 0);
	setrlimit(RLIMIT_MEMLOCK, &unlimited); /* before Linux 5.11 maps count against it */
	libbpf_set_print(NULL);
	uname(&kernel);
	ok("kernel %s", kernel.release);
	print_features();
	test(count > 1 && !first ? arguments[1] : "/datapath.bpf.o");
	ok("end %d failed", failures);
	if (first) {
		tcdrain(STDOUT_FILENO);
		sync();
		reboot(RB_POWER_OFF);
	}
	return failures != 0;
}
