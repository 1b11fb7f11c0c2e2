package io.aegisflux.segmentation.agent.domain;

import io.aegisflux.segmentation.contracts.MetricsReport.HookVerdict;
import io.aegisflux.segmentation.contracts.MetricsReport.MapUse;
import io.aegisflux.segmentation.contracts.MetricsReport.RuleHit;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The kernel's counters since the programs were first loaded, summed over CPUs.
 *
 * @param verdicts packets and bytes by the hook that judged them, each packet once a hook; without those that are 0
 * @param connectionsBlocked by the connect hooks
 * @param eventsLost decisions worth an event that the agent was not or will not be told of
 * @param drops packets by reason
 * @param rules packets and bytes by deciding rule of the table in force
 * @param maps how full the maps of flows are now
 */
public record Counters(
        List<HookVerdict> verdicts,
        long connectionsBlocked,
        long eventsLost,
        Map<Reason, Long> drops,
        List<RuleHit> rules,
        List<MapUse> maps) {
    /** Before anything was counted. */
    public static final Counters NONE = new Counters(List.of(), 0, 0, Map.of(), List.of(), List.of());

    public Counters {
        verdicts = List.copyOf(verdicts);
        drops = Map.copyOf(drops);
        rules = List.copyOf(rules);
        maps = List.copyOf(maps);
    }

    /** These, and how full the maps of flows are. */
    public Counters withMaps(List<MapUse> counted) {
        return new Counters(verdicts, connectionsBlocked, eventsLost, drops, rules, counted);
    }

    /** These, and so many more events lost. */
    public Counters withMoreLost(long more) {
        return new Counters(verdicts, connectionsBlocked, eventsLost + more, drops, rules, maps);
    }

    /** How full a map is; empty when that is not known. */
    public Optional<MapUse> map(String name) {
        return maps.stream().filter(use -> use.map().equals(name)).findFirst();
    }

    /** Packets of all verdicts. */
    public long packets() {
        return verdicts.stream().mapToLong(HookVerdict::packets).sum();
    }

    /** Packets of a verdict. */
    public long packets(Verdict verdict) {
        return verdicts.stream()
                .filter(counted -> counted.verdict() == verdict)
                .mapToLong(HookVerdict::packets)
                .sum();
    }
}
