package io.aegisflux.segmentation.builder.domain;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A kernel as {@code uname -r} names it.
 *
 * @param value e.g. {@code 5.4.0-150-generic}
 */
public record KernelRelease(String value) {
    private static final Pattern FORM = Pattern.compile("[0-9][A-Za-z0-9._+~-]{0,63}");
    private static final String SUFFIX = ".btf";

    public KernelRelease {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("a kernel release is of the form " + FORM.pattern());
        }
    }

    /** The kernel whose BTF a file of this name holds; empty when it is not {@code <release>.btf}. */
    public static Optional<KernelRelease> ofFile(String name) {
        if (!name.endsWith(SUFFIX)) {
            return Optional.empty();
        }
        String release = name.substring(0, name.length() - SUFFIX.length());
        return FORM.matcher(release).matches() ? Optional.of(new KernelRelease(release)) : Optional.empty();
    }
}
