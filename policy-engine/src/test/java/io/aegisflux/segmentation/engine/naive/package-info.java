/**
 * A second reading of the policy language, written apart from the engine: it shares no code with it but the records of
 * the wire, knows no prefixes, intervals or tables, and looks at the document for each packet anew.
 */
package io.aegisflux.segmentation.engine.naive;
