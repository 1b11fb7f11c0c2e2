package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.Canary;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.Quoted;
import io.aegisflux.segmentation.contracts.Violation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The small language of the two headers. */
final class StagingText {
    static final Pattern PERCENT = Pattern.compile("([1-9][0-9]?|100)%");
    static final String LABEL = "label:";
    static final String HOSTS = "hosts:";
    static final String SELECTION =
            "write once 1% to 100%, label:tier=canary (or several, with commas), or hosts:host-a,host-b";
    static final String TERMS =
            "write once any of soak=60s,ack=30s,silence=90s,max-drops=100,promote=auto (or manual), with commas";
    static final List<String> KNOWN = List.of("soak", "ack", "silence", "max-drops", "promote");
    static final Pattern TIME = Pattern.compile("([0-9]{1,5})(s|m|h)");
    static final Pattern COUNT = Pattern.compile("[0-9]{1,12}");

    private StagingText() {}

    static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        final transient Violation violation;

        Unreadable(String reason, String hint) {
            super(reason);
            this.violation = new Violation("", reason, hint);
        }
    }

    static Map<String, String> pairs(String text, String header, String hint) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1 || equals == pair.length() - 1) {
                throw new Unreadable(
                        "the header %s has %s where a name=value is wanted".formatted(header, Quoted.shortened(pair)),
                        hint);
            }
            String name = pair.substring(0, equals).strip();
            if (pairs.put(name, pair.substring(equals + 1).strip()) != null) {
                throw new Unreadable("the header %s has %s twice".formatted(header, Quoted.shortened(name)), hint);
            }
        }
        return pairs;
    }

    static List<HostId> hosts(String text) {
        List<HostId> hosts = new ArrayList<>();
        for (String host : text.split(",", -1)) {
            try {
                hosts.add(new HostId(host.strip()));
            } catch (IllegalArgumentException e) {
                throw new Unreadable("the header %s: %s".formatted(PublishHeaders.CANARY, e.getMessage()), SELECTION);
            }
        }
        return hosts;
    }

    static long seconds(Map<String, String> terms, String term, long otherwise, long least) {
        String text = terms.get(term);
        if (text == null) {
            return otherwise;
        }
        Matcher time = TIME.matcher(text);
        long seconds = time.matches()
                ? Long.parseLong(time.group(1))
                        * switch (time.group(2)) {
                            case "s" -> 1;
                            case "m" -> 60;
                            default -> 3_600;
                        }
                : -1;
        if (seconds < least || seconds > Canary.LONGEST) {
            throw new Unreadable(
                    "%s=%s in the header %s is no time from %d s to 24 h"
                            .formatted(term, Quoted.cleaned(text, 40), PublishHeaders.ROLLOUT, least),
                    TERMS);
        }
        return seconds;
    }

    static long count(Map<String, String> terms, String term, long otherwise) {
        String text = terms.get(term);
        if (text != null && !COUNT.matcher(text).matches()) {
            throw new Unreadable(
                    "%s=%s in the header %s is no number"
                            .formatted(term, Quoted.cleaned(text, 40), PublishHeaders.ROLLOUT),
                    TERMS);
        }
        return text == null ? otherwise : Long.parseLong(text);
    }

    static String word(Map<String, String> terms, String term, String otherwise, List<String> words) {
        String text = terms.getOrDefault(term, otherwise);
        if (!words.contains(text)) {
            throw new Unreadable(
                    "%s=%s in the header %s is none of %s"
                            .formatted(
                                    term, Quoted.cleaned(text, 40), PublishHeaders.ROLLOUT, String.join(", ", words)),
                    TERMS);
        }
        return text;
    }
}
