package io.tidegate.engine.state;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A part of the values of a [MemoryState]. What is over is dropped when something is put, by the second in which it
/// ends.
final class MemoryShare {

    /// Stands for no value: none is empty.
    static final byte[] NOTHING = {};

    private static final long SECOND = 1_000_000_000L;

    /// What keeping a value costs beside its bytes, roughly: four objects and their places in two tables.
    private static final long COST = 200;

    private final long start;
    /// In the order in which they were put.
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    /// Keys by the second in which their values end.
    private final TreeMap<Long, Set<String>> endings = new TreeMap<>();
    private int maxEntries;
    private long maxBytes;
    private long bytes;
    private long evicted;

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

    private byte[] value(String key, long now) {
        Entry entry = entries.get(key);
        return entry == null || entry.end - (now - start) <= 0 ? NOTHING : entry.value;
    }

    private void keep(String key, byte[] value, long life, long now) {
        expire(now);
        drop(key);
        long at = now - start;
        long end = life > Long.MAX_VALUE - at ? Long.MAX_VALUE : at + life;
        Entry entry = new Entry(value, end);
        entries.put(key, entry);
        endings.computeIfAbsent(entry.second, _ -> new HashSet<>()).add(key);
        bytes += cost(key, entry);
        evict();
    }

    private static long cost(String key, Entry entry) {
        return COST + key.length() + entry.value.length;
    }

    private void drop(String key) {
        Entry entry = entries.remove(key);
        if (entry == null) {
            return;
        }
        bytes -= cost(key, entry);
        Set<String> together = endings.get(entry.second);
        if (together != null && together.remove(key) && together.isEmpty()) {
            endings.remove(entry.second);
        }
    }

    private void expire(long now) {
        long second = (now - start) / SECOND;
        while (!endings.isEmpty() && endings.firstKey() < second) {
            for (String key : endings.pollFirstEntry().getValue()) {
                Entry entry = entries.remove(key);
                if (entry != null) {
                    bytes -= cost(key, entry);
                }
            }
        }
    }

    private void evict() {
        while (entries.size() > maxEntries || bytes > maxBytes) {
            Iterator<String> oldest = entries.keySet().iterator();
            if (!oldest.hasNext()) {
                return;
            }
            drop(oldest.next());
            evicted++;
        }
    }

    synchronized long entries() {
        return entries.size();
    }

    synchronized long bytes() {
        return bytes;
    }

    synchronized long evicted() {
        return evicted;
    }
}
