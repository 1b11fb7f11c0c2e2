package io.aegisflux.segmentation.cli.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The argument is the name of a context that is there. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface NamesContext {}
