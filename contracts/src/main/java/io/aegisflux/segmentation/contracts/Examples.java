package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;

/**
 * The example of each message: what its subject carries on the wire, for tests and documents alike. They tell one story:
 * the policy web-db lets only the api reach the database on host-b.
 */
public final class Examples {
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]+");

    private Examples() {}

    /**
     * The bytes of an example.
     *
     * @param name the file's name under {@code examples/}, without {@code .json}
     * @throws IllegalArgumentException when there is no such example
     */
    public static byte[] read(String name) {
        requireNonNull(name, "name is null");
        try (InputStream file = NAME.matcher(name).matches()
                ? Examples.class.getResourceAsStream("examples/" + name + ".json")
                : null) {
            if (file == null) {
                throw new IllegalArgumentException("no example is called " + Quoted.shortened(name));
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the example " + name, e);
        }
    }
}
