package io.aegisflux.segmentation.e2e;

/** How a connection went. */
sealed interface Attempt {
    /** It worked, both ways. */
    record Worked(long micros) implements Attempt {}

    /** Nothing came back in time. */
    record Silent(long micros) implements Attempt {}

    /** It was refused at once. */
    record Failed(long micros, String reason) implements Attempt {}

    static Attempt parse(String line) {
        String[] words = line.split(" ", 3);
        long micros = Long.parseLong(words[1]);
        return switch (words[0]) {
            case "ok" -> new Worked(micros);
            case "silent" -> new Silent(micros);
            case "failed" -> new Failed(micros, words[2]);
            default -> throw new IllegalArgumentException("not an answer of a workload: " + line);
        };
    }

    default boolean worked() {
        return this instanceof Worked;
    }
}
