package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * An immutable map of which a changed copy shares all but one part in 256: streams are read message by message, and each
 * message makes a book of ten thousand entries anew. Iterates in no order.
 */
final class Shards<K, V> extends AbstractMap<K, V> {
    private static final int PARTS = 256;
    private static final Shards<?, ?> EMPTY = empty();

    private final Map<K, V>[] parts;
    private final int size;

    private Shards(Map<K, V>[] parts, int size) {
        this.parts = parts;
        this.size = size;
    }

    /** The same entries; this very map where it is one of these. */
    @SuppressWarnings("unchecked") // it holds nothing
    static <K, V> Shards<K, V> of(Map<K, V> map) {
        if (map instanceof Shards<K, V> shards) {
            return shards;
        }
        Shards<K, V> all = (Shards<K, V>) EMPTY;
        for (Map.Entry<K, V> entry : map.entrySet()) {
            all = all.with(entry.getKey(), entry.getValue());
        }
        return all;
    }

    /** With this value for this key, neither of them null. */
    Shards<K, V> with(K key, V value) {
        int part = part(key);
        Map<K, V> changed = new HashMap<>(parts[part]);
        boolean isNew = changed.put(key, requireNonNull(value, "value is null")) == null;
        return replaced(part, changed, isNew ? size + 1 : size);
    }

    /** Without this key; this very map where it has none. */
    Shards<K, V> without(K key) {
        int part = part(key);
        if (!parts[part].containsKey(key)) {
            return this;
        }
        Map<K, V> changed = new HashMap<>(parts[part]);
        changed.remove(key);
        return replaced(part, changed, size - 1);
    }

    @Override
    public V get(Object key) {
        return parts[part(key)].get(key);
    }

    @Override
    public boolean containsKey(Object key) {
        return parts[part(key)].containsKey(key);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<K, V>> iterator() {
                return new Entries();
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    private Shards<K, V> replaced(int part, Map<K, V> changed, int newSize) {
        Map<K, V>[] next = parts.clone();
        next[part] = Map.copyOf(changed);
        return new Shards<>(next, newSize);
    }

    private static int part(Object key) {
        int hash =
                requireNonNull(key, "key is null").hashCode() * 0x9E3779B9; // ids of one shape differ in low bits alone
        return hash >>> 24;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // there are no generic arrays
    private static Shards<?, ?> empty() {
        Map[] parts = new Map[PARTS];
        Arrays.fill(parts, Map.of());
        return new Shards<>(parts, 0);
    }

    private final class Entries implements Iterator<Map.Entry<K, V>> {
        private int part;
        private Iterator<Map.Entry<K, V>> within = parts[0].entrySet().iterator();

        @Override
        public boolean hasNext() {
            while (!within.hasNext() && part < PARTS - 1) {
                part++;
                within = parts[part].entrySet().iterator();
            }
            return within.hasNext();
        }

        @Override
        public Map.Entry<K, V> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return within.next();
        }
    }
}
