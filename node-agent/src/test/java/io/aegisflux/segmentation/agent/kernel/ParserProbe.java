package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.aegisflux.segmentation.agent.kernel.FrameReading.Arp;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Icmp;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Ip;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Malformed;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Other;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Part;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Ports;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.agent.libbpf.BpfObject;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import io.aegisflux.segmentation.agent.libbpf.TestRun;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** Runs the parser of bpf/parse.h, in the kernel and as it stands, and shows what it made of a frame. */
final class ParserProbe implements AutoCloseable {
    private static final String SOURCE = """
            #include "parse.h"

            char LICENSE[] SEC("license") = "Dual BSD/GPL";

            struct seen {
                __be32 src[4];
                __be32 dst[4];
                __be32 fragment_id;
                __u16 sport, dport;
                __be16 icmp_id;
                __u16 quoted;
                __u8 family, proto, icmp_type, icmp_code, has, tcp_flags, fragment, hop_limit;
                __u32 parsed;
            };

            struct {
                __uint(type, BPF_MAP_TYPE_ARRAY);
                __uint(max_entries, 1);
                __uint(map_flags, BPF_F_MMAPABLE);
                __type(key, __u32);
                __type(value, struct seen);
            } seen SEC(".maps");

            static __always_inline struct work *begin(void)
            {
                struct work *work = work_at(WORK_OF_PACKETS);

                if (work)
                    __builtin_memset(&work->scan, 0, sizeof(work->scan));
                return work;
            }

            static __always_inline void leave(const struct packet *pkt, int parsed)
            {
                __u32 zero = 0;
                struct seen *found = bpf_map_lookup_elem(&seen, &zero);

                if (!found)
                    return;
                __builtin_memcpy(found->src, pkt->src, sizeof(found->src));
                __builtin_memcpy(found->dst, pkt->dst, sizeof(found->dst));
                found->fragment_id = pkt->fragment_id;
                found->sport = pkt->sport;
                found->dport = pkt->dport;
                found->icmp_id = pkt->icmp_id;
                found->quoted = pkt->quoted;
                found->family = pkt->family;
                found->proto = pkt->proto;
                found->icmp_type = pkt->icmp_type;
                found->icmp_code = pkt->icmp_code;
                found->has = pkt->has;
                found->tcp_flags = pkt->tcp_flags;
                found->fragment = pkt->fragment;
                found->hop_limit = pkt->hop_limit;
                found->parsed = parsed;
            }

            /* cb[0]: whether the frame has no Ethernet header */
            SEC("tc") int probe_skb(struct __sk_buff *skb)
            {
                struct work *work = begin();
                bool l3 = skb->cb[0] == 1;

                pull_headers(skb);
                if (work)
                    leave(&work->scan.pkt, parse_skb(skb, WORK_OF_PACKETS, l3));
                return 0;
            }

            SEC("xdp") int probe_xdp(struct xdp_md *ctx)
            {
                struct work *work = begin();

                if (work)
                    leave(&work->scan.pkt, parse_xdp(ctx));
                return 0;
            }
            """;
    private static final int DST = 16;
    private static final int FRAGMENT_ID = 32;
    private static final int SPORT = 36;
    private static final int DPORT = 38;
    private static final int ICMP_ID = 40;
    private static final int QUOTED = 42;
    private static final int FAMILY = 44;
    private static final int PROTO = 45;
    private static final int ICMP_TYPE = 46;
    private static final int ICMP_CODE = 47;
    private static final int HAS = 48;
    private static final int TCP_FLAGS = 49;
    private static final int FRAGMENT = 50;
    private static final int HOP_LIMIT = 51;
    private static final int PARSED = 52;
    private static final int HAS_PORTS = 1;
    private static final int HAS_ICMP = 2;
    private static final int NOTHING_YET = 77;

    private final Arena arena = Arena.ofConfined();
    private final BpfMap map;
    private final MemorySegment seen;
    private final BpfProgram skb;
    private final BpfProgram xdp;
    private final TestRun bySkb;
    private final TestRun byXdp;

    /** @param directory of a BPF file system, where nothing is left */
    ParserProbe(Path directory) throws BpfException, IOException {
        Path seenPin = directory.resolve("seen");
        Path skbPin = directory.resolve("probe-skb");
        Path xdpPin = directory.resolve("probe-xdp");
        try (BpfObject object = BpfObject.open(CompiledObject.ofSource(SOURCE), "probe")) {
            object.load();
            object.pinMap("seen", seenPin);
            object.pinProgram("probe_skb", skbPin);
            object.pinProgram("probe_xdp", xdpPin);
            map = BpfMap.ofPin(seenPin);
            skb = BpfProgram.ofPin(skbPin);
            xdp = BpfProgram.ofPin(xdpPin);
        } finally {
            for (Path pin : new Path[] {seenPin, skbPin, xdpPin}) {
                Files.deleteIfExists(pin);
            }
        }
        seen = map.map(arena);
        bySkb = new TestRun(skb);
        byXdp = new TestRun(xdp);
    }

    /** What the parser makes of a frame at tc. */
    FrameReading atTc(byte[] frame) throws BpfException {
        return run(bySkb.skb(0, 0, 0), frame);
    }

    /** What the parser makes of a packet without Ethernet header at tc. */
    FrameReading atTcOfATunnel(byte[] packet) throws BpfException {
        return run(bySkb.skb(0, 1, 0), packet);
    }

    /** What the parser makes of a frame at xdp. */
    FrameReading atXdp(byte[] frame) throws BpfException {
        return run(byXdp, frame);
    }

    @Override
    public void close() {
        bySkb.close();
        byXdp.close();
        skb.close();
        xdp.close();
        arena.close();
        map.close();
    }

    private FrameReading run(TestRun run, byte[] frame) throws BpfException {
        seen.set(JAVA_INT, PARSED, NOTHING_YET);
        run.run(frame);
        return switch (seen.get(JAVA_INT, PARSED)) {
            case 0 -> ip();
            case 1 -> new Arp();
            case 2 -> new Other();
            case 3 -> new Malformed();
            default -> throw new IllegalStateException("the program left nothing");
        };
    }

    private Ip ip() {
        int version = number(FAMILY);
        int has = number(HAS);
        Part part = Part.values()[number(FRAGMENT)];
        return new Ip(
                version,
                address(0, version),
                address(DST, version),
                number(PROTO),
                number(HOP_LIMIT),
                part,
                part == Part.WHOLE ? 0 : fragmentId(version),
                (has & HAS_PORTS) == 0 ? null : new Ports(host(SPORT), host(DPORT)),
                number(TCP_FLAGS),
                (has & HAS_ICMP) == 0
                        ? null
                        : new Icmp(number(ICMP_TYPE), number(ICMP_CODE), network(ICMP_ID), host(QUOTED)));
    }

    /** In network order; of IPv4 the 16 bits stand in the first two bytes. */
    private int fragmentId(int version) {
        return version == 4 ? network(FRAGMENT_ID) : Integer.reverseBytes(seen.get(JAVA_INT, FRAGMENT_ID));
    }

    private String address(int offset, int version) {
        return HexFormat.of()
                .formatHex(seen.asSlice(offset, version == 4 ? 4 : 16).toArray(JAVA_BYTE));
    }

    private int number(int offset) {
        return seen.get(JAVA_BYTE, offset) & 0xFF;
    }

    private int host(int offset) {
        return seen.get(JAVA_SHORT, offset) & 0xFFFF;
    }

    private int network(int offset) {
        return Short.reverseBytes(seen.get(JAVA_SHORT, offset)) & 0xFFFF;
    }
}
