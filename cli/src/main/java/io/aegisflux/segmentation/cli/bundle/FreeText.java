package io.aegisflux.segmentation.cli.bundle;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Subjects;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Sentences, of services and hosts and of segctl: a word stays when the suite itself writes it (words.txt), when it is a number,
 * or when it is an id that stays elsewhere; every other word, every address and every name that was replaced before is replaced.
 */
final class FreeText {
    /** An address or what looks like one; names with dots; words. All between them stays. */
    private static final Pattern PART = Pattern.compile("""
            (?<address>[0-9]{1,3}(?:\\.[0-9]{1,3}){3}(?:/[0-9]{1,3})?(?![\\p{L}\\p{N}_])\
            |[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:(?:\\.[0-9]{1,3}){3})?(?:/[0-9]{1,3})?(?![\\p{L}\\p{N}_]))\
            |(?<word>[\\p{L}\\p{M}\\p{N}_][\\p{L}\\p{M}\\p{N}_-]*(?:\\.[\\p{L}\\p{M}\\p{N}_-]+)*)""");

    private static final Pattern NUMBER =
            Pattern.compile("v?[0-9]{1,19}(?:\\.[0-9]{1,9}){0,2}(?:-[0-9]{1,19})?(?:ns|us|ms|s|m|h|d|B|KiB|MiB|GiB)?");

    /** An address within a word, as in {@code ip-10.0.0.1}: its numbers must not stay one by one. */
    private static final Pattern WITH_ADDRESS = Pattern.compile(".*[0-9]+(?:\\.[0-9]+){3}.*");

    /** The first two words of a subject are the suite's, whoever is called so, too. */
    private static final int SUBJECT_PREFIX = 2;

    private final Pseudonyms pseudonyms;
    private final Set<String> words = suiteWords();

    FreeText(Pseudonyms pseudonyms) {
        this.pseudonyms = requireNonNull(pseudonyms, "pseudonyms is null");
    }

    /** Lets an id stay in what follows. */
    void keep(String id) {
        words.add(id.toLowerCase(Locale.ROOT));
    }

    String redacted(String text) {
        return PART.matcher(text).replaceAll(this::replacement);
    }

    private String replacement(MatchResult part) {
        String found = part.group();
        if (part.group("address") != null) {
            return found.matches(":+") ? found : pseudonyms.address(found).orElseGet(() -> pseudonyms.name(found));
        }
        if (pseudonyms.isKnown(found) || WITH_ADDRESS.matcher(found).matches()) {
            return pseudonyms.name(found);
        }
        if (stays(found)) {
            return found;
        }
        if (found.indexOf('.') < 0) {
            return pseudonyms.name(found);
        }
        String[] words = found.split("\\.");
        boolean isSubject = found.startsWith(Subjects.ROOT);
        for (int i = 0; i < words.length; i++) {
            boolean isOurs = stays(words[i]) && (isSubject && i < SUBJECT_PREFIX || !pseudonyms.isKnown(words[i]));
            words[i] = isOurs ? words[i] : pseudonyms.name(words[i]);
        }
        return String.join(".", words);
    }

    private boolean stays(String word) {
        return words.contains(word.toLowerCase(Locale.ROOT))
                || NUMBER.matcher(word).matches();
    }

    private static Set<String> suiteWords() {
        try (InputStream in = FreeText.class.getResourceAsStream("words.txt")) {
            return new HashSet<>(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("words.txt is not in the jar", e);
        }
    }
}
