package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the list of tc filters of one way of an interface, whoever added them (rtnetlink(7), RTM_GETTFILTER). libbpf asks
 * only for a filter whose handle one knows.
 */
final class TcFilterDump {
    private static final short GET_FILTER = 46; // RTM_GETTFILTER
    private static final short NEW_FILTER = 44; // RTM_NEWTFILTER
    private static final short ERROR = 2; // NLMSG_ERROR
    private static final short DONE = 3; // NLMSG_DONE
    private static final short REQUEST_DUMP = 0x301; // NLM_F_REQUEST | NLM_F_DUMP

    private static final int HEADER_BYTES = 16; // struct nlmsghdr: length, type, flags, sequence, port
    private static final int TYPE = 4;
    private static final int FLAGS = 6;
    private static final int FILTER_BYTES = 20; // struct tcmsg: family, padding, ifindex, handle, parent, info
    private static final int IFINDEX = HEADER_BYTES + 4;
    private static final int PARENT = HEADER_BYTES + 12;
    private static final int ATTRIBUTES = HEADER_BYTES + FILTER_BYTES;

    private static final int ATTRIBUTE_HEADER = 4; // struct nlattr: length, type
    private static final int TYPE_MASK = 0x3FFF; // the rest are flags
    private static final int KIND = 1; // TCA_KIND
    private static final int OPTIONS = 2; // TCA_OPTIONS
    private static final int PROGRAM_ID = 11; // TCA_BPF_ID

    private static final int DATAGRAM_BYTES = 64 * 1024; // twice what the kernel puts into one

    private TcFilterDump() {}

    /**
     * The ids of the BPF programs among them, in the order in which they run; filters of other kinds are left out.
     *
     * @param parent the kernel's number for the way
     */
    static List<Integer> programs(int ifindex, int parent) throws BpfException {
        List<Integer> ids = new ArrayList<>();
        try (RouteSocket socket = RouteSocket.open(0);
                Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(ATTRIBUTES, 4);
            request.set(JAVA_INT, 0, ATTRIBUTES);
            request.set(JAVA_SHORT, TYPE, GET_FILTER);
            request.set(JAVA_SHORT, FLAGS, REQUEST_DUMP);
            request.set(JAVA_INT, IFINDEX, ifindex);
            request.set(JAVA_INT, PARENT, parent);
            socket.send(request);
            MemorySegment buffer = arena.allocate(DATAGRAM_BYTES, 4);
            boolean more = true;
            while (more) {
                more = read(buffer.asSlice(0, socket.receive(buffer, 0)), ids);
            }
        }
        return ids;
    }

    /** Reads the messages of a datagram; false after the last one of the list. */
    private static boolean read(MemorySegment datagram, List<Integer> ids) throws BpfException {
        long at = 0;
        while (at + HEADER_BYTES <= datagram.byteSize()) {
            int length = datagram.get(JAVA_INT, at);
            if (length < HEADER_BYTES || at + length > datagram.byteSize()) {
                throw new BpfException("a netlink message of %d bytes".formatted(length), Errno.EINVAL);
            }
            MemorySegment message = datagram.asSlice(at, length);
            switch (message.get(JAVA_SHORT, TYPE)) {
                case DONE -> {
                    return false;
                }
                case ERROR -> throw new BpfException("RTM_GETTFILTER", -message.get(JAVA_INT, HEADER_BYTES));
                case NEW_FILTER -> program(message.asSlice(ATTRIBUTES)).ifPresent(ids::add);
                default -> {}
            }
            at += aligned(length);
        }
        return true;
    }

    private static Optional<Integer> program(MemorySegment attributes) {
        return find(attributes, KIND)
                .filter(kind -> kind.getString(0).equals("bpf"))
                .flatMap(ignored -> find(attributes, OPTIONS))
                .flatMap(options -> find(options, PROGRAM_ID))
                .map(id -> id.get(JAVA_INT, 0));
    }

    private static Optional<MemorySegment> find(MemorySegment attributes, int type) {
        long at = 0;
        while (at + ATTRIBUTE_HEADER <= attributes.byteSize()) {
            int length = Short.toUnsignedInt(attributes.get(JAVA_SHORT, at));
            if (length < ATTRIBUTE_HEADER || at + length > attributes.byteSize()) {
                return Optional.empty();
            }
            if ((attributes.get(JAVA_SHORT, at + 2) & TYPE_MASK) == type) {
                return Optional.of(attributes.asSlice(at + ATTRIBUTE_HEADER, length - ATTRIBUTE_HEADER));
            }
            at += aligned(length);
        }
        return Optional.empty();
    }

    private static long aligned(int length) {
        return length + 3L & ~3L;
    }
}
