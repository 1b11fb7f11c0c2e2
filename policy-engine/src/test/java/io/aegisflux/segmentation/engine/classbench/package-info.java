/**
 * Rule tables and flows of the size and shape that packet classifiers are measured by, after Taylor and Turner, "ClassBench:
 * A Packet Classification Benchmark", INFOCOM 2005. The seeds are not theirs: {@link Profile} says what was kept of them.
 */
package io.aegisflux.segmentation.engine.classbench;
