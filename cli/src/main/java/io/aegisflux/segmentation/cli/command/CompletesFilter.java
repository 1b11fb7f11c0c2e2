package io.aegisflux.segmentation.cli.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The argument is a term of a filter of flows. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface CompletesFilter {
    /** The key and colon that an option stands for; empty for whole terms. */
    String key() default "";
}
