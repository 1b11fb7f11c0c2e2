package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.Author;
import picocli.CommandLine.Option;

/** Who a publish says to be from. */
final class AuthorOption {
    @Option(
            names = "--author",
            paramLabel = "NAME",
            description = "Who publishes, to be kept with it (default: the NATS user, else this machine's user@host).")
    private String name;

    /**
     * Null where nobody is known.
     *
     * @throws Failure of the usage kind when the name cannot stand in a header
     */
    Author author(RootCommand root) {
        if (name == null) {
            return root.publisher().orElse(null);
        }
        try {
            return new Author(name);
        } catch (IllegalArgumentException e) {
            throw Failure.usage("--author: " + e.getMessage(), "write --author ann");
        }
    }
}
