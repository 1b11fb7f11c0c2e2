package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.contracts.Action;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** One of the two things that can become of a connection. */
final class AllowOrDeny implements ITypeConverter<Action> {
    @Override
    public Action convert(String text) {
        return switch (text) {
            case "allow" -> Action.ALLOW;
            case "deny" -> Action.DENY;
            default -> throw new TypeConversionException("'%s' is neither allow nor deny".formatted(text));
        };
    }
}
