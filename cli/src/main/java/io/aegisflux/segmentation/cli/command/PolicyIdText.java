package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.contracts.PolicyId;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A policy's id on the command line. */
final class PolicyIdText implements ITypeConverter<PolicyId> {
    @Override
    public PolicyId convert(String text) {
        try {
            return new PolicyId(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
