package io.aegisflux.segmentation.agent.config;

import static java.util.Objects.requireNonNull;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where HTTP is served, written as Go writes a listen address.
 *
 * @param host a name or literal address without brackets; {@code 0.0.0.0} for every interface
 * @param port 1 to 65535
 */
public record HttpAddress(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._-]*)):([0-9]{1,5})");
    private static final String EVERY_INTERFACE = "0.0.0.0";

    public HttpAddress {
        requireNonNull(host, "host is null");
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("no port " + port);
        }
    }

    /**
     * Reads {@code :8080}, {@code 127.0.0.1:9090} or {@code [::1]:9090}.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static HttpAddress parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("not host:port");
        }
        String host = form.group(1) != null ? form.group(1) : form.group(2);
        return new HttpAddress(host.isEmpty() ? EVERY_INTERFACE : host, Integer.parseInt(form.group(3)));
    }
}
