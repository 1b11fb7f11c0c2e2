package io.aegisflux.segmentation.cli.command;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Who says what becomes of a connection. */
enum Engine {
    /** Policy-service, by the evaluator that the kernel is held to. */
    EVALUATOR,
    /** The host's kernel too, through its agent. */
    KERNEL;

    /** On the command line. */
    static final class Text implements ITypeConverter<Engine> {
        @Override
        public Engine convert(String text) {
            return switch (text) {
                case "evaluator" -> EVALUATOR;
                case "kernel" -> KERNEL;
                default -> throw new TypeConversionException("'%s' is neither evaluator nor kernel".formatted(text));
            };
        }
    }
}
