package io.tidegate.acme;

import io.tidegate.config.SharedRooms;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A store by network of these tests, in memory, which can be gone. Leases end when the test says so.
final class MemoryRooms implements SharedRooms {

    private final Map<String, MemoryRoom> rooms = new ConcurrentHashMap<>();
    private volatile boolean down;
    private volatile int writesLeft = Integer.MAX_VALUE;

    /// Can't be reached, or can again.
    void down(boolean gone) {
        down = gone;
        writesLeft = Integer.MAX_VALUE;
    }

    /// Can't be reached any more once so many values were written.
    void downAfterWrites(int writes) {
        writesLeft = writes;
    }

    /// Nothing was heard of who has a lock for a lease.
    void passLease() {
        rooms.values().forEach(MemoryRoom::expire);
    }

    /// All is lost.
    void flush() {
        rooms.values().forEach(MemoryRoom::flush);
    }

    /// What stands in a room.
    Map<String, byte[]> values(String room) {
        return room(room).values();
    }

    @Override
    public MemoryRoom room(String name) {
        return rooms.computeIfAbsent(name, _ -> new MemoryRoom());
    }

    @Override
    public void close() {
        // Others have it still.
    }

    /// One of its rooms.
    final class MemoryRoom implements Room {

        private final Map<String, byte[]> values = new HashMap<>();
        private @Nullable String lock;
        private long fence;

        private synchronized void expire() {
            lock = null;
        }

        private synchronized void flush() {
            lock = null;
            values.clear();
        }

        synchronized Map<String, byte[]> values() {
            return new HashMap<>(values);
        }

        /// Puts a value past the lock.
        synchronized void put(String key, byte[] value) {
            values.put(key, value);
        }

        private void reach() throws IOException {
            if (down) {
                throw new IOException("it is gone");
            }
        }

        @Override
        public synchronized Map<String, byte[]> read(List<String> keys) throws IOException {
            reach();
            Map<String, byte[]> found = new HashMap<>(values);
            found.keySet().retainAll(keys);
            return found;
        }

        @Override
        public synchronized @Nullable String take(String owner, Duration lease) throws IOException {
            reach();
            if (lock != null && !lock.startsWith(owner + " ")) {
                return null;
            }
            fence++;
            lock = owner + " " + fence;
            return lock;
        }

        @Override
        public synchronized boolean beat(String token, Duration lease) throws IOException {
            reach();
            return token.equals(lock);
        }

        @Override
        public synchronized boolean write(String token, String key, byte @Nullable [] value, @Nullable Duration life)
                throws IOException {
            reach();
            if (writesLeft-- <= 0) {
                down = true;
                reach();
            }
            if (!token.equals(lock)) {
                return false;
            }
            if (value == null) {
                values.remove(key);
            } else {
                values.put(key, value);
            }
            return true;
        }

        @Override
        public synchronized void release(String token) throws IOException {
            reach();
            if (token.equals(lock)) {
                lock = null;
            }
        }
    }
}
