package io.aegisflux.segmentation.e2e.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Streams;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two hundred agents over one broker and one policy-service. What is counted is counted up to a fence: the hosts are looked
 * through in one pass for each change, so when a later change has arrived, all that an earlier one caused has.
 */
@TestMethodOrder(OrderAnnotation.class)
class FleetIT {
    private static final FleetWorld WORLD = new FleetWorld(200, 2_000);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final HostId FENCED = FleetWorld.host(WORLD.hosts() - 1);

    @TempDir
    static Path directory;

    private static Fleet fleet;
    private static FleetWatch watch;
    private static int fences;
    private static int editionsOfAll = 1;

    @BeforeAll
    static void startAll() {
        fleet = Fleet.start(WORLD, directory);
        watch = FleetWatch.on(fleet.nats().url());
        watch.publish(FleetWorld.ALL, FleetWorld.documentOfAll(editionsOfAll));
        for (int role = 0; role < WORLD.roles(); role++) {
            watch.publish(FleetWorld.policyOfRole(role), WORLD.documentOfRole(role, 1));
        }
        fleet.startHosts();
    }

    @AfterAll
    static void stopAll() {
        if (watch != null) {
            watch.close();
        }
        if (fleet != null) {
            fleet.close();
        }
    }

    @Test
    @Order(1)
    void everyHostEnforcesWhatIsMeantForItAndSaysSoOnce() {
        watch.awaitApplied(FleetWorld.ALL, 1, WORLD.allHosts(), PATIENCE);
        for (int role = 0; role < WORLD.roles(); role++) {
            assertThat(watch.awaitApplied(FleetWorld.policyOfRole(role), 1, WORLD.hostsOfRole(role), PATIENCE))
                    .containsOnlyKeys(WORLD.hostsOfRole(role));
        }
        for (int number = 0; number < WORLD.hosts(); number++) {
            FleetHost host = fleet.host(number);
            assertThat(host.table().policies()).hasSize(2);
            assertThat(host.table().rules()).hasSize(WORLD.rulesOfHost());
            assertThat(host.version(FleetWorld.policyOfRole(WORLD.role(number))))
                    .contains(1L);
        }
        // A policy's word of each host; a report that was sent twice is one in the stream. The broker tells subscribers
        // before
        // the message is on the disk, so the stream may be behind what was heard.
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(storedUpdates()).isEqualTo(2L * WORLD.hosts()));
    }

    @Test
    @Order(2)
    void aChangeForOneHostIsOneMessage() {
        watch.forget();
        fence();
        fence();
        assertThat(watch.told()).isEqualTo(Map.of(FENCED, 2));
    }

    @Test
    @Order(3)
    void aChangeOfARolesPolicyIsOneMessageForEachHostOfTheRole() {
        watch.forget();
        watch.publish(FleetWorld.policyOfRole(3), WORLD.documentOfRole(3, 2));
        watch.awaitApplied(FleetWorld.policyOfRole(3), 2, WORLD.hostsOfRole(3), PATIENCE);
        fence();
        assertThat(watch.told()).isEqualTo(once(WORLD.hostsOfRole(3)));
    }

    @Test
    @Order(4)
    void aWorkloadIsOneMessageForEachHostWhoseRulesSpeakOfIt() {
        watch.forget();
        watch.register("batch-7", FleetWorld.workload("batch-7", 5));
        List<HostId> served = WORLD.hostsOfRole(5);
        await().atMost(PATIENCE)
                .until(() -> fleet.hosts().stream()
                        .filter(host -> served.contains(host.id()))
                        .allMatch(FleetHost::hasRuleOfServed));
        fence();
        assertThat(watch.told()).isEqualTo(once(served));
    }

    @Test
    @Order(5)
    void hostsThatAreKilledOrCutOffInTheMiddleOfAChangeConvergeAndNobodyIsToldTwice() {
        watch.forget();
        editionsOfAll++;
        fleet.host(11).kill();
        watch.publish(FleetWorld.ALL, FleetWorld.documentOfAll(editionsOfAll));
        fleet.host(22).cut();
        fleet.host(33).kill();
        fleet.host(33).start();
        fleet.host(44).cut();
        fleet.host(11).start();
        // What host 33 has put in force before its end it need not say again.
        watch.awaitApplied(FleetWorld.ALL, editionsOfAll, allBut(33), PATIENCE);
        await().atMost(PATIENCE)
                .until(() -> fleet.host(33).version(FleetWorld.ALL).equals(Optional.of((long) editionsOfAll)));
        fence();
        assertThat(watch.told()).isEqualTo(once(WORLD.allHosts()));
        assertThat(fleet.hosts())
                .allSatisfy(host -> assertThat(host.version(FleetWorld.ALL)).contains((long) editionsOfAll));
    }

    @Test
    @Order(6)
    void aHostThatDoesNotAnswerHoldsUpNobody() {
        editionsOfAll++;
        fleet.host(55).kill();
        watch.publish(FleetWorld.ALL, FleetWorld.documentOfAll(editionsOfAll));
        assertThat(watch.awaitApplied(FleetWorld.ALL, editionsOfAll, allBut(55), PATIENCE))
                .containsOnlyKeys(allBut(55));
        fleet.host(55).start();
        watch.awaitApplied(FleetWorld.ALL, editionsOfAll, WORLD.allHosts(), PATIENCE);
    }

    private static long storedUpdates() throws Exception {
        return watch.connection()
                .jetStreamManagement()
                .getStreamInfo(Streams.POLICY_UPDATES)
                .getStreamState()
                .getMsgCount();
    }

    private static List<HostId> allBut(int number) {
        return WORLD.allHosts().stream()
                .filter(host -> !host.equals(FleetWorld.host(number)))
                .toList();
    }

    /** A change for one host, acknowledged: every message that earlier changes caused has come before. */
    private static void fence() {
        fences++;
        watch.publish("fence", FleetWorld.documentOfHost("fence", FENCED, fences));
        watch.awaitApplied("fence", fences, List.of(FENCED), PATIENCE);
    }

    /** One message for each of these hosts, and one more for the host of the fence. */
    private static Map<HostId, Integer> once(Collection<HostId> hosts) {
        Map<HostId, Integer> counts = new HashMap<>();
        hosts.forEach(host -> counts.put(host, 1));
        counts.merge(FENCED, 1, Integer::sum);
        return counts;
    }
}
