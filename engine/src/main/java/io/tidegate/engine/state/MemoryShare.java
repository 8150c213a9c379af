package io.tidegate.engine.state;

import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A part of the values of a [MemoryState]. What is over is dropped when something is put, by the second in which it
/// ends. What is too much is dropped oldest first, among the values of the type of policy that has most of what there is
/// too much of: a type that has no more than its even part of the bounds loses nothing, whatever others put.
final class MemoryShare {

    /// Stands for no value: none is empty.
    static final byte[] NOTHING = {};

    private static final long SECOND = 1_000_000_000L;

    /// What keeping a value costs beside its bytes, roughly: four objects and their places in two tables.
    private static final long COST = 200;

    private final long start;
    /// Values by the type of policy whose they are; none without values.
    private final Map<String, Typed> types = new HashMap<>();
    /// Keys by the second in which their values end.
    private final TreeMap<Long, Set<String>> endings = new TreeMap<>();
    private int maxEntries;
    private long maxBytes;
    private int count;
    private long bytes;
    private long evicted;

    /// The values of one type of policy.
    private static final class Typed {
        /// In the order in which they were put.
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private long bytes;
    }

    private static final class Entry {
        private final byte[] value;
        private final long end;
        private final long second;

        Entry(byte[] value, long end) {
            this.value = value;
            this.end = end;
            this.second = end / SECOND;
        }
    }

    MemoryShare(long start) {
        this.start = start;
    }

    synchronized void bound(int most, long mostBytes, long now) {
        maxEntries = most;
        maxBytes = mostBytes;
        expire(now);
        evict();
    }

    /// The value, or [#NOTHING].
    synchronized byte[] get(String key, long now) {
        return value(key, now);
    }

    /// Keeps `value` where `expected` is there, [#NOTHING] for no value.
    ///
    /// @return what was there
    synchronized byte[] put(String key, byte[] expected, byte[] value, long life, long now) {
        byte[] was = value(key, now);
        if (Arrays.equals(was, expected)) {
            keep(key, value, life, now);
        }
        return was;
    }

    synchronized void set(String key, byte[] value, long life, long now) {
        keep(key, value, life, now);
    }

    /// Removes `expected` where that is there, whatever is where it is [#NOTHING].
    synchronized boolean remove(String key, byte[] expected, long now) {
        byte[] was = value(key, now);
        if (was.length == 0 || (expected.length > 0 && !Arrays.equals(was, expected))) {
            return false;
        }
        drop(key);
        return true;
    }

    /// What a key says of whose it is: what stands before its first colon ([TypedState]).
    private static String type(String key) {
        return key.substring(0, Math.max(key.indexOf(':'), 0));
    }

    private byte[] value(String key, long now) {
        Typed typed = types.get(type(key));
        Entry entry = typed == null ? null : typed.entries.get(key);
        return entry == null || entry.end - (now - start) <= 0 ? NOTHING : entry.value;
    }

    private void keep(String key, byte[] value, long life, long now) {
        expire(now);
        drop(key);
        long at = now - start;
        long end = life > Long.MAX_VALUE - at ? Long.MAX_VALUE : at + life;
        Entry entry = new Entry(value, end);
        Typed typed = types.computeIfAbsent(type(key), _ -> new Typed());
        typed.entries.put(key, entry);
        endings.computeIfAbsent(entry.second, _ -> new HashSet<>()).add(key);
        long cost = cost(key, entry);
        typed.bytes += cost;
        bytes += cost;
        count++;
        evict();
    }

    private static long cost(String key, Entry entry) {
        return COST + key.length() + entry.value.length;
    }

    /// Takes a value out of its type, not out of those that end with it.
    private @Nullable Entry take(String key) {
        String type = type(key);
        Typed typed = types.get(type);
        Entry entry = typed == null ? null : typed.entries.remove(key);
        if (typed == null || entry == null) {
            return null;
        }
        long cost = cost(key, entry);
        typed.bytes -= cost;
        bytes -= cost;
        count--;
        if (typed.entries.isEmpty()) {
            types.remove(type);
        }
        return entry;
    }

    private void drop(String key) {
        Entry entry = take(key);
        if (entry == null) {
            return;
        }
        Set<String> together = endings.get(entry.second);
        if (together != null && together.remove(key) && together.isEmpty()) {
            endings.remove(entry.second);
        }
    }

    private void expire(long now) {
        long second = (now - start) / SECOND;
        while (!endings.isEmpty() && endings.firstKey() < second) {
            endings.pollFirstEntry().getValue().forEach(this::take);
        }
    }

    private void evict() {
        while (count > maxEntries) {
            evictOf(Comparator.comparingInt(typed -> typed.entries.size()));
        }
        while (bytes > maxBytes) {
            evictOf(Comparator.comparingLong(typed -> typed.bytes));
        }
    }

    private void evictOf(Comparator<Typed> by) {
        drop(Collections.max(types.values(), by).entries.keySet().iterator().next());
        evicted++;
    }

    synchronized long entries() {
        return count;
    }

    synchronized long bytes() {
        return bytes;
    }

    synchronized long evicted() {
        return evicted;
    }
}
