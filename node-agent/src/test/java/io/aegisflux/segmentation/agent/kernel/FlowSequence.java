package io.aegisflux.segmentation.agent.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/** One case of conntrack/sequences.txt, whose head describes the language. */
record FlowSequence(String name, List<Step> steps) {

    sealed interface Step {}

    record Table(List<String> rules) implements Step {}

    record Wait(long seconds) implements Step {}

    /** A packet and what is to become of it. */
    record Packet(String line, boolean isIn, Content content, String expected) implements Step {
        @Override
        public String toString() {
            return line;
        }
    }

    sealed interface Content {}

    /** A packet of a protocol with ports; flags are 0 for UDP. */
    record Ports(int protocol, int source, int dest, int flags, int seq, int ack) implements Content {}

    record Echo(boolean isReply, int id) implements Content {}

    record IcmpError(Ports quoted) implements Content {}

    static List<FlowSequence> all() {
        List<FlowSequence> cases = new ArrayList<>();
        for (String line : lines()) {
            if (line.startsWith("case ")) {
                cases.add(new FlowSequence(line.substring("case ".length()), new ArrayList<>()));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                cases.getLast().steps().add(step(line));
            }
        }
        return cases;
    }

    private static List<String> lines() {
        try (InputStream text = FlowSequence.class.getResourceAsStream("/conntrack/sequences.txt")) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Step step(String line) {
        if (line.startsWith("table ")) {
            return new Table(List.of(line.substring("table ".length()).split(", ")));
        }
        if (line.startsWith("wait ")) {
            return new Wait(Long.parseLong(line.substring("wait ".length())));
        }
        String[] sides = line.split(" => ");
        Iterator<String> words = Arrays.asList(sides[0].split(" ")).iterator();
        boolean isIn = words.next().equals("in");
        return new Packet(line, isIn, content(words.next(), words), sides[1]);
    }

    private static Content content(String protocol, Iterator<String> words) {
        if (!protocol.equals("icmp")) {
            return ports(protocol, words);
        }
        return switch (words.next()) {
            case "request" -> new Echo(false, Integer.parseInt(words.next()));
            case "reply" -> new Echo(true, Integer.parseInt(words.next()));
            default -> {
                words.next(); // of
                yield new IcmpError(ports(words.next(), words));
            }
        };
    }

    private static Ports ports(String protocol, Iterator<String> words) {
        String[] ports = words.next().split(">");
        int flags = 0;
        int seq = 0;
        int ack = 0;
        while (words.hasNext()) {
            String word = words.next();
            switch (word) {
                case "seq" -> seq = Integer.parseUnsignedInt(words.next());
                case "ack" -> ack = Integer.parseUnsignedInt(words.next());
                default ->
                    flags = word.chars()
                            .map(letter -> 1 << "FSRPA".indexOf(letter))
                            .sum();
            }
        }
        return new Ports(
                protocol.toLowerCase(Locale.ROOT).equals("tcp") ? 6 : 17,
                Integer.parseInt(ports[0]),
                Integer.parseInt(ports[1]),
                flags,
                seq,
                ack);
    }

    @Override
    public String toString() {
        return name;
    }
}
