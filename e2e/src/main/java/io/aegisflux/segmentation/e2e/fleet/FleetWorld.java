package io.aegisflux.segmentation.e2e.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aegisflux.segmentation.contracts.HostId;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Who is there and what is published: ten hosts a role; one policy for all hosts, one for each role, whose first rule speaks of
 * the workloads that the role serves.
 *
 * @param hosts how many
 * @param rules of all policies together
 */
record FleetWorld(int hosts, int rules) {
    static final String ALL = "fleet-base";

    /** The rule of a role's policy that speaks of workloads. */
    static final String SERVED = "served";

    private static final int HOSTS_A_ROLE = 10;
    private static final int RULES_OF_ALL = 100;

    FleetWorld {
        if (hosts < HOSTS_A_ROLE || hosts % HOSTS_A_ROLE != 0) {
            throw new IllegalArgumentException("hosts are tens, not " + hosts);
        }
        if (rules < RULES_OF_ALL + hosts / HOSTS_A_ROLE) {
            throw new IllegalArgumentException("%d rules are too few for %d hosts".formatted(rules, hosts));
        }
    }

    int roles() {
        return hosts / HOSTS_A_ROLE;
    }

    /** Rules of a role's policy. */
    int rulesOfRole() {
        return (rules - RULES_OF_ALL) / roles();
    }

    /** Rules in a host's table while there is no workload that its role serves: the rule about them is left out. */
    int rulesOfHost() {
        return RULES_OF_ALL + rulesOfRole() - 1;
    }

    static HostId host(int number) {
        return new HostId("host-%04d".formatted(number));
    }

    int role(int host) {
        return host % roles();
    }

    static String labels(int role) {
        return "role=role-%d,site=a".formatted(role);
    }

    static String address(int host) {
        return "10.200.%d.%d".formatted(host / 250, 1 + host % 250);
    }

    List<HostId> hostsOfRole(int role) {
        return IntStream.range(0, hosts)
                .filter(host -> role(host) == role)
                .mapToObj(FleetWorld::host)
                .toList();
    }

    List<HostId> allHosts() {
        return IntStream.range(0, hosts).mapToObj(FleetWorld::host).toList();
    }

    static String policyOfRole(int role) {
        return "role-" + role;
    }

    /** The policy of all hosts; one rule of it is another one with every edition. */
    static byte[] documentOfAll(int edition) {
        return document(ALL, "", rules(0, RULES_OF_ALL, edition));
    }

    /** The policy of a role; as above. */
    byte[] documentOfRole(int role, int edition) {
        String served = """
                {"id": "%s", "action": "allow", "priority": 1, "conditions": [
                  {"field": "source.label.app", "operator": "eq", "value": "app-%d"},
                  {"field": "protocol", "operator": "eq", "value": "tcp"}]}""".formatted(SERVED, role);
        return document(
                policyOfRole(role),
                "\"applies_to\": {\"labels\": {\"role\": \"role-%d\"}},".formatted(role),
                served + "," + rules(1 + role, rulesOfRole() - 1, edition));
    }

    /** A policy of one rule for one host. */
    static byte[] documentOfHost(String policy, HostId host, int edition) {
        return document(policy, "\"applies_to\": {\"hosts\": [\"%s\"]},".formatted(host), rules(251, 1, edition));
    }

    /** A workload that a role serves. */
    static byte[] workload(String id, int role) {
        return """
                {"id": "%s", "labels": {"app": "app-%d"}, "addresses": ["192.0.2.%d"]}""".formatted(id, role, 1 + role).getBytes(UTF_8);
    }

    private static byte[] document(String id, String more, String rules) {
        return """
                {"id": "%s", "name": "%s", "type": "network", "priority": 100, "default_action": "none", %s "rules": [%s]}""".formatted(id, id, more, rules).getBytes(UTF_8);
    }

    private static String rules(int network, int count, int edition) {
        return IntStream.range(0, count)
                .mapToObj(i -> """
                        {"id": "r%d", "action": "allow", "priority": %d, "conditions": [
                          {"field": "source_ip", "operator": "eq", "value": "10.%d.%d.0/24"},
                          {"field": "protocol", "operator": "eq", "value": "tcp"},
                          {"field": "dest_port", "operator": "eq", "value": %d}]}""".formatted(i, 2 + i, network % 200, i % 250, i == 0 ? 20_000 + edition : 1_000 + i))
                .collect(Collectors.joining(","));
    }
}
