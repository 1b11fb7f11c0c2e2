package io.aegisflux.segmentation.e2e;

import io.aegisflux.segmentation.harness.Command;
import java.util.ArrayList;
import java.util.List;

/**
 * A named network namespace.
 *
 * @param name as {@code ip netns} lists it
 */
record Namespace(String name) {
    static Namespace create(String name) {
        Command.run("ip", "netns", "add", name);
        Namespace namespace = new Namespace(name);
        // Link-local addresses are usable at once: nobody else is here whose address could be a duplicate.
        namespace.run("sysctl", "-qw", "net.ipv6.conf.all.accept_dad=0", "net.ipv6.conf.default.accept_dad=0");
        namespace.ip("link", "set", "lo", "up");
        return namespace;
    }

    /** What to put before a command so that it runs in here; unlike {@code ip netns exec} it keeps /sys/fs/bpf in sight. */
    List<String> enter() {
        return List.of("nsenter", "--net=/run/netns/" + name);
    }

    /** Runs a command in here. */
    String run(String... command) {
        List<String> entered = new ArrayList<>(enter());
        entered.addAll(List.of(command));
        return Command.run(entered);
    }

    /** {@code ip} in here. */
    void ip(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(List.of(arguments));
        Command.run(command);
    }

    /** Gives an interface an IPv4 and an IPv6 address and brings it up. */
    void address(String link, String ipv4, String ipv6) {
        ip("addr", "add", ipv4, "dev", link);
        ip("-6", "addr", "add", ipv6, "dev", link, "nodad");
        ip("link", "set", link, "up");
    }

    /** Lets it route between its interfaces. */
    void forward() {
        run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
    }
}
