package io.aegisflux.segmentation.contracts;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;

/** One DER value in a PEM file (RFC 7468). */
final class PemFile {
    static final String OWNER_ONLY = "rw-------";
    static final String ALL_READ = "rw-r--r--";

    private static final Base64.Encoder ENCODER = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private PemFile() {}

    /**
     * @param label e.g. {@code PRIVATE KEY}
     * @throws IOException when the file cannot be read
     * @throws IllegalArgumentException when it is not one PEM block of this label
     */
    static byte[] read(Path file, String label) throws IOException {
        String text = Files.readString(file, ISO_8859_1).strip();
        String begin = begin(label);
        String end = end(label);
        try {
            if (!text.startsWith(begin) || !text.substring(begin.length()).endsWith(end)) {
                throw new IllegalArgumentException("it does not begin with %s and end with %s".formatted(begin, end));
            }
            String body = text.substring(begin.length(), text.length() - end.length());
            return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s is not a PEM file of a %s: %s".formatted(file, label, e.getMessage()), e);
        }
    }

    /**
     * Makes the file, whole or not at all, also when several processes try at once.
     *
     * @param permissions of the new file, e.g. {@code rw-------}
     * @throws java.nio.file.FileAlreadyExistsException when it is there already; it is left alone
     */
    static void create(Path file, String label, byte[] der, String permissions) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        Path draft = Files.createTempFile(
                directory,
                file.getFileName().toString(),
                ".draft",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
        try {
            Files.writeString(
                    draft, "%s\n%s\n%s\n".formatted(begin(label), ENCODER.encodeToString(der), end(label)), ISO_8859_1);
            Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString(permissions));
            Files.createLink(file, draft); // a link, unlike a rename, replaces nothing
        } finally {
            Files.delete(draft);
        }
    }

    private static String begin(String label) {
        return "-----BEGIN " + label + "-----";
    }

    private static String end(String label) {
        return "-----END " + label + "-----";
    }
}
