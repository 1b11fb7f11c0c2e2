package io.aegisflux.segmentation.policy.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.RegisteredWorkload;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.contracts.WorkloadId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TablesTest {
    private static final HostId A = new HostId("host-a");
    private static final HostId B = new HostId("host-b");
    private static final HostId DB = new HostId("host-db");

    private final Tables tables = new Tables();
    private final World world = World.EMPTY
            .with(PolicyBook.EMPTY
                    .with(PolicyBookTest.version("everywhere", 1, 80), 1)
                    .with(stored("data-only", "\"applies_to\": {\"labels\": {\"role\": \"data\"}},", 5432), 2)
                    .with(stored("labelled", "", 22), 3))
            .with(HostBook.EMPTY
                    .with(host("host-a", "web", "10.0.0.1"), 1)
                    .with(host("host-b", "web", "10.0.0.2"), 2)
                    .with(host("host-db", "data", "10.0.0.3"), 3));

    @Test
    void everyTableIsWhatLoweringForThatHostAloneGives() {
        Map<HostId, HostTable> all = tables.of(world);
        assertThat(all).containsOnlyKeys(A, B, DB);
        all.forEach((host, table) -> {
            assertThat(table.table())
                    .isEqualTo(world.table(world.hosts().reports().get(host)));
            assertThat(table.digest()).isEqualTo(Digests.sha256Hex(Wire.write(table.table())));
            assertThat(table.bytes()).isEqualTo(Wire.write(table.table()).length);
        });
    }

    @Test
    void hostsToWhomTheSamePoliciesApplyShareATable() {
        Map<HostId, HostTable> all = tables.of(world);
        assertThat(all.get(A)).isSameAs(all.get(B)).isNotSameAs(all.get(DB));
    }

    @Test
    void anArtifactOfAnyArchitectureLowersNothing() {
        Map<HostId, HostTable> before = tables.of(world);
        Map<HostId, HostTable> after = tables.of(
                world.with(ArtifactBook.EMPTY.with(Documents.manifest("aarch64", "object", Instant.EPOCH), 1)));
        before.forEach((host, table) -> assertThat(after.get(host)).isSameAs(table));
    }

    @Test
    void aReportThatSaysTheSameAgainLowersNothing() {
        Map<HostId, HostTable> before = tables.of(world);
        Map<HostId, HostTable> after = tables.of(world.with(world.hosts().with(host("host-a", "web", "10.0.0.1"), 9)));
        before.forEach((host, table) -> assertThat(after.get(host)).isSameAs(table));
    }

    @Test
    void aChangedPolicyChangesOnlyTheTablesOfTheHostsItAppliesTo() {
        Map<HostId, HostTable> before = tables.of(world);
        StoredPolicy second =
                new StoredPolicy(new PolicyId("data-only"), 2, StoredPolicy.DELETED, null, null, 4, Instant.EPOCH);
        World changed = world.with(world.policies().with(second, 4));
        Map<HostId, HostTable> after = tables.of(changed);
        assertThat(after.get(A)).isSameAs(before.get(A));
        assertThat(after.get(DB).table())
                .isEqualTo(changed.table(changed.hosts().reports().get(DB)));
        assertThat(after.get(DB).digest()).isNotEqualTo(before.get(DB).digest());
    }

    @Test
    void aChangedWorkloadChangesWhatLabelsMean() {
        Map<HostId, HostTable> before = tables.of(world);
        World changed = world.with(world.hosts().with(host("host-b", "web", "10.0.0.99"), 9));
        Map<HostId, HostTable> after = tables.of(changed);
        assertThat(after.get(A).table())
                .isEqualTo(changed.table(changed.hosts().reports().get(A)));
        assertThat(after.get(A).digest()).isNotEqualTo(before.get(A).digest());
    }

    @Test
    void aWorkloadOfTheRegistryChangesOnlyTablesWhoseRulesAskForItsLabels() {
        Map<HostId, HostTable> before = tables.of(world);
        Map<HostId, HostTable> unrelated = tables.of(world.with(registry("other", "billing", null)));
        assertThat(unrelated.get(A).digest()).isEqualTo(before.get(A).digest());
        World changed = world.with(registry("shop-9", "shop", null));
        Map<HostId, HostTable> after = tables.of(changed);
        assertThat(after.get(A).digest()).isNotEqualTo(before.get(A).digest());
        assertThat(after.get(A).table())
                .isEqualTo(changed.table(changed.hosts().reports().get(A)));
        assertThat(after.get(A).table().toString()).contains("10.0.9.9/32");
    }

    @Test
    void whatHasExpiredIsInNoTable() {
        Instant expiry = Instant.parse("2026-01-01T00:00:00Z");
        World known = world.with(registry("shop-9", "shop", expiry));
        assertThat(tables.of(known.at(expiry)).get(A).digest())
                .isEqualTo(tables.of(world).get(A).digest())
                .isNotEqualTo(tables.of(known.at(expiry.minusNanos(1))).get(A).digest());
    }

    @Test
    void tablesStayRightOverMoreVersionsThanALoweringKeeps() {
        World now = world;
        for (int version = 2; version < 1_200; version++) {
            now = now.with(now.policies().with(PolicyBookTest.version("everywhere", version, 1000 + version), version));
            tables.of(now);
        }
        assertThat(tables.of(now).get(A).table())
                .isEqualTo(now.table(now.hosts().reports().get(A)));
    }

    private static StoredPolicy stored(String id, String more, int port) {
        byte[] document = Documents.policy(id, more, """
                {"id": "r", "action": "allow", "priority": 1, "conditions": [
                  {"field": "source.label.app", "operator": "eq", "value": "shop"},
                  {"field": "dest_port", "operator": "eq", "value": %d}]}""".formatted(port));
        return Documents.stored(id, 1, document, 1, Instant.EPOCH);
    }

    private static WorkloadBook registry(String id, String app, Instant expiry) {
        return WorkloadBook.EMPTY.with(
                new Registration.Registered(
                        new RegisteredWorkload(new WorkloadId(id), Map.of("app", app), List.of("10.0.9.9"), expiry)),
                1);
    }

    private static CapabilityReport host(String id, String role, String address) {
        return Documents.report(
                id, Map.of("role", role), List.of(new Workload(id, Map.of("app", "shop"), List.of(address))));
    }
}
