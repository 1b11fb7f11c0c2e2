package io.aegisflux.segmentation.cli.kubernetes;

/** A part of a manifest that cannot be said here; whoever can do without that part notes it and goes on. */
final class Untranslatable extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String path;

    Untranslatable(String path, String reason) {
        super(reason, null, false, false);
        this.path = path;
    }

    Note as(Note.Effect effect) {
        return new Note(path, getMessage(), effect);
    }
}
