package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.contracts.WorkloadId;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A workload's id on the command line. */
final class WorkloadIdText implements ITypeConverter<WorkloadId> {
    @Override
    public WorkloadId convert(String text) {
        try {
            return new WorkloadId(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
