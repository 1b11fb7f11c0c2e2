package io.aegisflux.segmentation.e2e;

import java.nio.file.Path;

/**
 * A host of the playground: routes for its workloads; its agent watches {@code eth0}.
 *
 * @param id as the agent reports it
 * @param ipv4 of eth0
 * @param ipv6 of eth0
 * @param cgroup that holds the processes of the host and its workloads
 */
record Host(String id, Namespace namespace, String ipv4, String ipv6, Path cgroup) {}
