package io.aegisflux.segmentation.engine.language;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Mode;

/**
 * A policy's default action, written or implied.
 *
 * @param direction the packets it decides
 * @param mode AUDIT when it only reports
 */
public record DefaultRule(DefaultAction action, Direction direction, Mode mode) {}
