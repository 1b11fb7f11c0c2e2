package io.aegisflux.segmentation.e2e;

import io.aegisflux.segmentation.harness.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Two hosts with workloads, made of network namespaces:
 *
 * <pre>
 *   here ── fabric (a bridge) ──┬── host-a eth0 · work0 ──┬── web
 *                               │                         └── api
 *                               └── host-b eth0 · work0 ──── db
 * </pre>
 *
 * Addresses are of 198.18.0.0/15, which RFC 2544 keeps for benchmarks, so that no real network is shadowed, and of
 * fd77::/16. Everything is named after the playground and removed by {@link #close()}; what a killed run has left is
 * removed before the next. Making and removing exclude each other, for who interrupts a program removes from another thread.
 */
final class Playground implements AutoCloseable {
    private static final List<String> NAMESPACES = List.of("fabric", "host-a", "host-b", "web", "api", "db");

    private final String name;
    private final int net;
    private final Host hostA;
    private final Host hostB;
    private final Place web;
    private final Place api;
    private final Place db;

    /** A workload's place: its namespace, its addresses and the host it lives on. */
    record Place(String name, Namespace namespace, String ipv4, String ipv6, Host host) {}

    private Playground(String name, int net) {
        this.name = name;
        this.net = net;
        Namespace fabric = Namespace.create(name + "-fabric");
        fabric.ip("link", "add", "br0", "type", "bridge");
        fabric.ip("link", "set", "br0", "up");
        plugHere(fabric);
        hostA = host("host-a", 11, 1, fabric);
        hostB = host("host-b", 12, 2, fabric);
        route(hostA, 2, hostB);
        route(hostB, 1, hostA);
        web = workload("web", hostA, 1, 10);
        api = workload("api", hostA, 1, 11);
        db = workload("db", hostB, 2, 20);
    }

    /**
     * @param name at most eight letters and digits; two playgrounds of one name cannot be there at once
     * @param net the third byte of the fabric's addresses; the two after it are used for the workloads
     */
    static synchronized Playground create(String name, int net) {
        remove(name);
        try {
            return new Playground(name, net);
        } catch (RuntimeException e) {
            remove(name);
            throw e;
        }
    }

    /** Removes whatever a playground of this name has left: processes, namespaces, links, cgroups, pins. */
    static synchronized void remove(String name) {
        for (String each : NAMESPACES) {
            String namespace = name + "-" + each;
            if (Files.exists(Path.of("/run/netns", namespace))) {
                endProcessesIn(namespace);
                Command.run("ip", "netns", "del", namespace);
            }
        }
        Command.attempt(List.of("ip", "link", "del", linkHere(name)));
        deletePins(pins(name));
        for (String host : List.of("host-a", "host-b")) {
            removeCgroup(cgroup(name, host));
        }
    }

    /** An address of this machine that every host of the playground reaches. */
    String addressHere() {
        return "198.18.%d.1".formatted(net);
    }

    Host hostA() {
        return hostA;
    }

    Host hostB() {
        return hostB;
    }

    Place web() {
        return web;
    }

    Place api() {
        return api;
    }

    Place db() {
        return db;
    }

    /** The folder of bpffs that the agents of this playground pin below. */
    Path pins() {
        return pins(name);
    }

    String name() {
        return name;
    }

    @Override
    public void close() {
        remove(name);
    }

    private void plugHere(Namespace fabric) {
        String here = linkHere(name);
        Command.run("ip", "link", "add", here, "type", "veth", "peer", "name", "here", "netns", fabric.name());
        fabric.ip("link", "set", "here", "master", "br0", "up");
        Command.run("ip", "addr", "add", addressHere() + "/24", "dev", here);
        Command.run("ip", "-6", "addr", "add", "fd77:%d::1/64".formatted(net), "dev", here, "nodad");
        Command.run("ip", "link", "set", here, "up");
    }

    private Host host(String id, int last, int work, Namespace fabric) {
        Namespace namespace = Namespace.create(name + "-" + id);
        namespace.ip("link", "add", "eth0", "type", "veth", "peer", "name", id, "netns", fabric.name());
        fabric.ip("link", "set", id, "master", "br0", "up");
        String ipv4 = "198.18.%d.%d".formatted(net, last);
        String ipv6 = "fd77:%d::%d".formatted(net, last);
        namespace.address("eth0", ipv4 + "/24", ipv6 + "/64");
        namespace.ip("link", "add", "work0", "type", "bridge");
        namespace.address("work0", "198.18.%d.1/24".formatted(net + work), "fd77:%d::1/64".formatted(net + work));
        namespace.forward();
        Path cgroup = cgroup(name, id);
        try {
            Files.createDirectories(cgroup);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the cgroup " + cgroup, e);
        }
        return new Host(id, namespace, ipv4, ipv6, cgroup);
    }

    private void route(Host from, int work, Host via) {
        from.namespace().ip("route", "add", "198.18.%d.0/24".formatted(net + work), "via", via.ipv4());
        from.namespace().ip("-6", "route", "add", "fd77:%d::/64".formatted(net + work), "via", via.ipv6());
    }

    private Place workload(String workload, Host host, int work, int last) {
        Namespace namespace = Namespace.create(name + "-" + workload);
        namespace.ip(
                "link",
                "add",
                "eth0",
                "type",
                "veth",
                "peer",
                "name",
                workload,
                "netns",
                host.namespace().name());
        host.namespace().ip("link", "set", workload, "master", "work0", "up");
        String ipv4 = "198.18.%d.%d".formatted(net + work, last);
        String ipv6 = "fd77:%d::%d".formatted(net + work, last);
        namespace.address("eth0", ipv4 + "/24", ipv6 + "/64");
        namespace.ip("route", "add", "default", "via", "198.18.%d.1".formatted(net + work));
        namespace.ip("-6", "route", "add", "default", "via", "fd77:%d::1".formatted(net + work));
        return new Place(workload, namespace, ipv4, ipv6, host);
    }

    private static String linkHere(String name) {
        return name + "-here";
    }

    private static Path pins(String name) {
        return Path.of("/sys/fs/bpf", "aegisflux-" + name);
    }

    private static Path cgroup(String name, String host) {
        return cgroupMount().resolve("aegisflux-%s-%s".formatted(name, host));
    }

    private static Path cgroupMount() {
        try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mounts"))) {
            return mounts.map(line -> line.split(" "))
                    .filter(mount -> mount[2].equals("cgroup2"))
                    .map(mount -> Path.of(mount[1]))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            "no cgroup v2 is mounted: mount -t cgroup2 none /sys/fs/cgroup/unified"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the mounts", e);
        }
    }

    private static void endProcessesIn(String namespace) {
        Command.run("ip", "netns", "pids", namespace)
                .lines()
                .map(String::strip)
                .forEach(pid -> ProcessHandle.of(Long.parseLong(pid)).ifPresent(process -> {
                    process.destroyForcibly();
                    process.onExit().join();
                }));
    }

    private static void deletePins(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove the pins in " + directory, e);
        }
    }

    private static void removeCgroup(Path cgroup) {
        if (!Files.isDirectory(cgroup)) {
            return;
        }
        try {
            for (String pid : Files.readAllLines(cgroup.resolve("cgroup.procs"))) {
                ProcessHandle.of(Long.parseLong(pid)).ifPresent(process -> {
                    process.destroyForcibly();
                    process.onExit().join();
                });
            }
            Files.delete(cgroup);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove the cgroup " + cgroup, e);
        }
    }
}
