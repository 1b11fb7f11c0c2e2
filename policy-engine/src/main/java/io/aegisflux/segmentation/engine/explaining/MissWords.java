package io.aegisflux.segmentation.engine.explaining;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.Protocols;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.explaining.ConditionProbe.Miss;
import io.aegisflux.segmentation.engine.interval.AddressSet;
import io.aegisflux.segmentation.engine.language.Condition;
import io.aegisflux.segmentation.engine.language.Field;
import io.aegisflux.segmentation.engine.language.Side;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says what keeps a rule from a packet: what the packet has, and what the rule wants. */
final class MissWords {
    /** So many values are named. */
    private static final int FEW = 4;

    private final PacketTuple packet;
    private final List<Workload> workloads;

    MissWords(PacketTuple packet, List<Workload> workloads) {
        this.packet = requireNonNull(packet, "packet is null");
        this.workloads = List.copyOf(workloads);
    }

    /** {@code dest_port is 80, wants 5432}. */
    String of(Miss miss) {
        return switch (miss) {
            case Miss.OfDirection(var direction) ->
                "direction is %s, wants %s".formatted(packet.direction().wireName(), direction.wireName());
            case Miss.OfInterfaces ignored ->
                "interface is %s, its policy is for others".formatted(orNone(packet.interfaceName()));
            case Miss.OfCondition(int ignored, Condition condition) ->
                "%s is %s, wants %s".formatted(condition.name(), has(condition), wants(condition));
        };
    }

    private String has(Condition condition) {
        return switch (condition) {
            case Condition.Numbers it -> number(it.field());
            case Condition.IpVersions ignored -> packet.sourceIp().indexOf(':') < 0 ? "4" : "6";
            case Condition.Addresses it -> address(it.side());
            case Condition.Directions ignored -> packet.direction().wireName();
            case Condition.Interface ignored -> orNone(packet.interfaceName());
            case Condition.Label it -> label(it);
        };
    }

    private String number(Field field) {
        return switch (field) {
            case PROTOCOL -> Protocols.name(packet.protocol());
            case SOURCE_PORT -> orNone(packet.sourcePort());
            case DEST_PORT -> orNone(packet.destPort());
            case ICMP_TYPE -> orNone(packet.icmpType());
            case ICMP_CODE -> orNone(packet.icmpCode());
            default -> throw new IllegalArgumentException("not a number: " + field);
        };
    }

    private String label(Condition.Label label) {
        byte[] address = Addresses.parse(address(label.side()));
        List<String> values = workloads.stream()
                .filter(workload -> workload.labels().containsKey(label.key()))
                .filter(workload -> AddressSet.of(
                                workload.addresses().stream().map(Prefix::parse).toList())
                        .contains(address))
                .map(workload -> "\"%s\"".formatted(workload.labels().get(label.key())))
                .distinct()
                .toList();
        return values.isEmpty() ? "not known of %s".formatted(address(label.side())) : String.join(" and ", values);
    }

    private static String wants(Condition condition) {
        return switch (condition) {
            case Condition.Numbers it ->
                few(it.admitted().ranges().stream()
                        .map(range -> it.field() == Field.PROTOCOL && range.low() == range.high()
                                ? Protocols.name(range.low())
                                : range.toString()));
            case Condition.IpVersions it -> few(it.admitted().stream().map(String::valueOf));
            case Condition.Addresses it -> few(it.admitted().prefixes().stream().map(Prefix::toString));
            case Condition.Directions it -> few(it.admitted().stream().map(each -> each.wireName()));
            case Condition.Interface it -> "%s %s".formatted(it.match().operator(), few(it.match().values().stream()));
            case Condition.Label it ->
                "%s %s"
                        .formatted(
                                it.match().operator().word(),
                                few(it.match().values().stream().map(value -> "\"%s\"".formatted(value))));
        };
    }

    private static String few(Stream<String> values) {
        List<String> all = values.toList();
        String shown = all.stream().limit(FEW).collect(Collectors.joining(", "));
        return all.size() > FEW ? "%s and %d more".formatted(shown, all.size() - FEW) : shown;
    }

    private String address(Side side) {
        return side == Side.SOURCE ? packet.sourceIp() : packet.destIp();
    }

    private static String orNone(Object value) {
        return value == null ? "none" : value.toString();
    }
}
