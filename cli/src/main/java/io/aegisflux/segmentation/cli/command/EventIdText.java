package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.contracts.EventId;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An event's id on the command line. */
final class EventIdText implements ITypeConverter<EventId> {
    @Override
    public EventId convert(String text) {
        try {
            return new EventId(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
