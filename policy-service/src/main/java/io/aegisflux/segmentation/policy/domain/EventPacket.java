package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.Protocols;
import io.aegisflux.segmentation.contracts.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The packet of an event, as far as the event tells it.
 *
 * @param packet empty when no rule was asked about it, as it could not be parsed
 * @param gaps what the event does not tell, and what stands in its place
 */
record EventPacket(Optional<PacketTuple> packet, List<String> gaps) {
    private static final int SOME_SOURCE_PORT = 40_000;

    EventPacket {
        gaps = List.copyOf(gaps);
    }

    /**
     * @param host where the event was made
     * @throws IllegalArgumentException when the event lacks what an agent always tells, naming it
     */
    static EventPacket of(FlowEvent event, CapabilityReport host) {
        if (event.reason() == Reason.MALFORMED || event.reason() == Reason.NON_IP) {
            return new EventPacket(
                    Optional.empty(),
                    List.of("packet: the frame could not be parsed (%s), so no rule is asked about it"
                            .formatted(event.reason().wireName())));
        }
        return new Reading(event, host).packet();
    }

    private static final class Reading {
        private final FlowEvent event;
        private final CapabilityReport host;
        private final boolean isConnect;
        private final List<String> gaps = new ArrayList<>();

        Reading(FlowEvent event, CapabilityReport host) {
            this.event = event;
            this.host = host;
            this.isConnect = event.hook() == Hook.CONNECT4 || event.hook() == Hook.CONNECT6;
        }

        EventPacket packet() {
            if (event.destIp() == null || event.sourceIp() == null && !isConnect) {
                throw new IllegalArgumentException(
                        "the event has no %s".formatted(event.destIp() == null ? "dest_ip" : "source_ip"));
            }
            int protocol = Protocols.number(event.protocol())
                    .orElseThrow(() -> new IllegalArgumentException("the event's protocol is unknown"));
            boolean icmp = Protocols.isIcmp(protocol);
            String source = event.sourceIp() == null ? source() : event.sourceIp();
            boolean ports = hasPorts(protocol);
            PacketTuple packet = new PacketTuple(
                    event.direction(),
                    source,
                    event.destIp(),
                    protocol,
                    ports ? Integer.valueOf(sourcePort()) : null,
                    ports ? event.destPort() : null,
                    icmp ? Protocols.echoRequest(protocol) : null,
                    icmp ? 0 : null,
                    event.interfaceName());
            if (icmp) {
                gaps.add(
                        "icmp_type, icmp_code: an event does not tell them; those of an echo request, %d and 0, are taken"
                                .formatted(Protocols.echoRequest(protocol)));
            }
            if (event.interfaceName() == null) {
                gaps.add("interface: %s; conditions on interfaces do not match".formatted(unknown()));
            }
            if (event.reason() == Reason.RATE_LIMITED) {
                gaps.add("rate: the rule's was used up then; whether it is now is not known here");
            }
            return new EventPacket(Optional.of(packet), gaps);
        }

        private String source() {
            boolean v6 = event.destIp().indexOf(':') >= 0;
            List<String> own = host.addresses().stream()
                    .filter(address -> address.indexOf(':') >= 0 == v6)
                    .toList();
            if (own.isEmpty()) {
                String any = v6 ? "::" : "0.0.0.0";
                gaps.add("source_ip: %s; %s is taken, as the host has reported no address".formatted(unknown(), any));
                return any;
            }
            gaps.add("source_ip: %s; %s is taken, %s"
                    .formatted(
                            unknown(),
                            own.getFirst(),
                            own.size() == 1
                                    ? "the host's address"
                                    : "the first of the host's %d addresses".formatted(own.size())));
            return own.getFirst();
        }

        private boolean hasPorts(int protocol) {
            if (!Protocols.hasPorts(protocol)) {
                return false;
            }
            if (event.sourcePort() == 0 && event.destPort() == 0) {
                gaps.add("source_port, dest_port: the event has none, as of a later fragment");
                return false;
            }
            return true;
        }

        private int sourcePort() {
            if (!isConnect || event.sourcePort() != 0) {
                return event.sourcePort();
            }
            gaps.add("source_port: %s; %d is taken".formatted(unknown(), SOME_SOURCE_PORT));
            return SOME_SOURCE_PORT;
        }

        private String unknown() {
            return isConnect ? "%s does not know it".formatted(event.hook().wireName()) : "the event does not tell it";
        }
    }
}
