package io.aegisflux.segmentation.policy.domain;

import java.util.List;
import java.util.Map;

/** The values of a header, whose name may be written in any case. */
final class HeaderValues {
    private HeaderValues() {}

    static List<String> of(Map<String, List<String>> headers, String name) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .flatMap(header -> header.getValue().stream())
                .toList();
    }
}
