package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.contracts.HostId;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A host's id on the command line. */
final class HostIdText implements ITypeConverter<HostId> {
    @Override
    public HostId convert(String text) {
        try {
            return new HostId(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
