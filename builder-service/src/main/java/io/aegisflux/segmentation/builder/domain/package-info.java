/**
 * What may be asked for, what goes into a build and how it is told from another, what an object file must be to be
 * signed: values and pure functions, no framework. Nothing is null unless its Javadoc says so.
 */
package io.aegisflux.segmentation.builder.domain;
