/** What the agent answers over HTTP. */
package io.aegisflux.segmentation.agent.http;
