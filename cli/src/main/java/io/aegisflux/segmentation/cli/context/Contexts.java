package io.aegisflux.segmentation.cli.context;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The contexts of a user: {@code nats/context/<name>.json} under XDG_CONFIG_HOME or {@code ~/.config}, the name of the selected
 * one in {@code nats/context.txt}, as the nats CLI keeps them. Files hold secrets: they are made for their owner alone.
 */
public final class Contexts {
    private static final String ENDING = ".json";

    private final Path directory;

    private Contexts(Path directory) {
        this.directory = requireNonNull(directory, "directory is null");
    }

    /** Those of the user with this environment; empty without a home. */
    public static Optional<Contexts> of(Map<String, String> environment) {
        return given(environment, "XDG_CONFIG_HOME")
                .or(() -> home(environment).map(home -> home.resolve(".config")))
                .map(configuration -> new Contexts(configuration.resolve("nats")));
    }

    /** The home directory that this environment names. */
    public static Optional<Path> home(Map<String, String> environment) {
        return given(environment, "HOME");
    }

    /** The names, in their order. */
    public List<String> names() {
        if (!Files.isDirectory(files())) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(files())) {
            return all.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(ENDING))
                    .map(file -> file.substring(0, file.length() - ENDING.length()))
                    .filter(Contexts::isName)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw unusable(files(), e);
        }
    }

    /** The name of the selected one, be it there or not. */
    public Optional<String> selected() {
        try {
            return Optional.of(Files.readString(selection()).strip()).filter(name -> !name.isEmpty());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unusable(selection(), e);
        }
    }

    /**
     * @throws Failure of the usage kind when there is none of this name, or its file is damaged
     */
    public Context get(String name) {
        requireThere(name);
        Path file = file(name);
        try {
            return Context.of(name, Wire.read(Files.readAllBytes(file), JsonNode.class));
        } catch (MalformedMessageException e) {
            throw Failure.usage("%s is no context: it is not JSON".formatted(file), "mend it, or remove it");
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /**
     * Adds a context.
     *
     * @throws Failure of the usage kind when there is one of this name, or the name is none
     */
    public void add(Context context) {
        requireName(context.name());
        if (Files.exists(file(context.name()))) {
            throw Failure.usage(
                    "there is a context %s already".formatted(context.name()),
                    "segctl context rm %s".formatted(context.name()));
        }
        write(file(context.name()), context.file().toPrettyString() + "\n");
    }

    /** Makes it the one that is used where none is named. */
    public void select(String name) {
        requireThere(name);
        write(selection(), name);
    }

    /** Removes it; where it is the selected one, none is selected then. */
    public void remove(String name) {
        requireThere(name);
        try {
            if (selected().filter(name::equals).isPresent()) {
                Files.deleteIfExists(selection());
            }
            Files.delete(file(name));
        } catch (IOException e) {
            throw unusable(file(name), e);
        }
    }

    private void requireThere(String name) {
        requireName(name);
        if (!Files.exists(file(name))) {
            List<String> names = names();
            throw Failure.usage(
                    "there is no context %s in %s".formatted(name, files()),
                    names.isEmpty()
                            ? "segctl context add %s --server nats://HOST:4222".formatted(name)
                            : "there are: " + String.join(", ", names));
        }
    }

    private static void requireName(String name) {
        if (!isName(name)) {
            throw Failure.usage(
                    "'%s' is not the name of a context".formatted(name), "it names a file: no '/', no '..', no blanks");
        }
    }

    private static boolean isName(String name) {
        return name.matches("[\\p{Graph}&&[^/]]{1,128}") && !name.contains("..");
    }

    private Path files() {
        return directory.resolve("context");
    }

    private Path file(String name) {
        return files().resolve(name + ENDING);
    }

    private Path selection() {
        return directory.resolve("context.txt");
    }

    /** Whole or not at all, and never readable by others. */
    private void write(Path file, String text) {
        try {
            Files.createDirectories(
                    file.getParent(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path written = Files.createTempFile(
                    file.getParent(),
                    ".segctl",
                    null,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                Files.write(written, text.getBytes(StandardCharsets.UTF_8));
                Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(written);
            }
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    private static Failure unusable(Path file, IOException e) {
        return Failure.usage("cannot use %s: %s".formatted(file, e), "look at its permissions");
    }

    private static Optional<Path> given(Map<String, String> environment, String variable) {
        return Optional.ofNullable(environment.get(variable))
                .filter(value -> !value.isEmpty())
                .map(Path::of);
    }
}
