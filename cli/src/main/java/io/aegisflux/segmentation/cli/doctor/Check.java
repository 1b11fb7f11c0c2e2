package io.aegisflux.segmentation.cli.doctor;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Optional;

/** What is checked. Codes are kept: AF-1xx is the broker, AF-2xx the services, AF-3xx hosts. */
public enum Check {
    BROKER(
            "AF-101",
            "the broker answers",
            "segctl connects to the broker and is let in.",
            "start nats-server ('./dev up' starts all), or name it with --server, NATS_URL or a context"),
    BROKER_VERSION(
            "AF-102",
            "the broker is new enough",
            "nats-server is 2.10.27 or newer; below it, services refuse to start.",
            "run nats-server 2.15; './dev tools' unpacks it"),
    JETSTREAM(
            "AF-103",
            "JetStream is on",
            "Policies, desired states and events are kept in JetStream.",
            "start nats-server with -js or a jetstream block"),
    STREAMS(
            "AF-104",
            "the streams are there",
            "Every stream takes its subjects, and those that hold versions cannot be purged.",
            "start the services: each makes sure of its streams; remove a stream that others made under the name"),
    CLOCK_HERE(
            "AF-105",
            "this machine's clock",
            "The clock here and the broker's differ by less than a second, or ages shown here are wrong.",
            "let both keep time by NTP"),
    POLICY_SERVICE(
            "AF-201",
            "policy-service answers",
            "It judges and stores policies, and computes what each host has to enforce.",
            "start policy-service; its log and segmentation.system.policy-service say why it ended"),
    BUILDER_SERVICE(
            "AF-202",
            "builder-service is ready",
            "It compiles the programs of hosts with kernels that it has not met yet.",
            "mend what it names; hosts that run go on without it"),
    TELEMETRY_SERVICE(
            "AF-203",
            "telemetry-service answers",
            "It sums up what hosts report, for Prometheus and dashboards.",
            "start telemetry-service; enforcement goes on without it"),
    VERSIONS("AF-204", "versions agree", "The services and segctl are of one version.", "bring all to the newest"),
    REPORT_AGE(
            "AF-301",
            "the host reports",
            "The host's last metrics are younger than 30 seconds.",
            "look at the node-agent there (its /healthz says why); the kernel goes on enforcing"),
    CLOCK_OF_HOST(
            "AF-302",
            "the host's clock",
            "The host's clock and the broker's differ by less than a second: expires_at ends a rule by the host's clock.",
            "let the host keep time by NTP"),
    HOOKS(
            "AF-303",
            "hooks",
            "Where policies are enforced: XDP and tc at interfaces, connect4 and connect6 at the cgroup. XDP may be off, for tc"
                    + " does its work.",
            "the reason says what the kernel or the configuration lacks: see docs/kernels.md"),
    BTF(
            "AF-304",
            "BTF",
            "The kernel brings its types along, which programs are fitted to.",
            "boot a kernel with CONFIG_DEBUG_INFO_BTF, or give builder-service the types in BTF_HOSTS_DIR"),
    TABLE_FILL(
            "AF-305",
            "the rule table has room",
            "The rules of the host need at most 80 % of the memory for them; one that does not fit is refused whole.",
            "join rules, or name fewer hosts in applies_to"),
    MAP_FILL(
            "AF-306",
            "the maps of flows have room",
            "Live flows need at most 80 % of their maps; beyond, the oldest are forgotten and judged anew.",
            "see docs/conntrack.md for their sizes"),
    EVENTS_LOST(
            "AF-307",
            "no events were lost",
            "The host reported every decision that it was to report; those it could not are counted.",
            "events came faster than they are read: rules with fewer logs, or more CPU for the node-agent"),
    REVISION(
            "AF-308",
            "the host enforces what is desired",
            "The host runs the revision that policy-service computed for it.",
            "segctl status --wait 60s; the reason of a refusal is on segmentation.system.<host>; for a host that is ahead see"
                    + " POLICY_EPOCH"),
    REFUSED(
            "AF-309",
            "the host refused nothing",
            "The last change that the host was to make, it made.",
            "the reason says what does not fit; what was enforced before stays");

    private final String code;
    private final String title;
    private final String meaning;
    private final String remedy;

    Check(String code, String title, String meaning, String remedy) {
        this.code = code;
        this.title = title;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    /** The check with this code, in upper or lower case. */
    public static Optional<Check> of(String code) {
        return Arrays.stream(values())
                .filter(check -> check.code.equalsIgnoreCase(code))
                .findFirst();
    }

    @JsonValue
    public String code() {
        return code;
    }

    public String title() {
        return title;
    }

    /** What holds when all is well, and why it matters. */
    public String meaning() {
        return meaning;
    }

    public String remedy() {
        return remedy;
    }

    Finding ok(String host, String found) {
        return new Finding(this, host, Finding.State.OK, found, null);
    }

    Finding warning(String host, String found) {
        return new Finding(this, host, Finding.State.WARNING, found, remedy);
    }

    Finding problem(String host, String found) {
        return new Finding(this, host, Finding.State.PROBLEM, found, remedy);
    }

    Finding skipped(String host, String why) {
        return new Finding(this, host, Finding.State.SKIPPED, why, null);
    }
}
