/**
 * What travels on the bus: subjects, stream names and one record for each message. Nothing here is null unless it is
 * documented as optional.
 */
package io.aegisflux.segmentation.contracts;
