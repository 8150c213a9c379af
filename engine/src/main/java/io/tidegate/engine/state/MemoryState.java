package io.tidegate.engine.state;

import io.tidegate.api.StateStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/// Values kept in this process. Every stage is complete when it is returned.
///
/// Keys are spread over shares, each with a lock that is held for a look-up at most. A share that is full drops what is
/// over, and then the value that was put longest ago of the type of policy that has most there: no type can push out the
/// values of another that keeps to its even part of the bounds. The type is what stands before the first colon of a key.
public final class MemoryState implements StateStore {

    private static final int SHARES = 16;
    private static final CompletableFuture<Boolean> TRUE = CompletableFuture.completedFuture(true);
    private static final CompletableFuture<Boolean> FALSE = CompletableFuture.completedFuture(false);
    private static final CompletableFuture<Optional<byte[]>> NOTHING = CompletableFuture
            .completedFuture(Optional.empty());

    private final MemoryShare[] shares = new MemoryShare[SHARES];
    private final LongSupplier clock;

    /// An empty store.
    ///
    /// @param maxEntries
    ///            most values, shared out evenly
    /// @param maxBytes
    ///            most bytes of keys and values and what keeping each costs, shared out evenly
    public MemoryState(int maxEntries, long maxBytes) {
        this(maxEntries, maxBytes, System::nanoTime);
    }

    MemoryState(int maxEntries, long maxBytes, LongSupplier clock) {
        this.clock = clock;
        long start = clock.getAsLong();
        for (int i = 0; i < SHARES; i++) {
            shares[i] = new MemoryShare(start);
        }
        bound(maxEntries, maxBytes);
    }

    /// Other bounds from now on. What is beyond them is dropped.
    public void bound(int maxEntries, long maxBytes) {
        long now = clock.getAsLong();
        for (MemoryShare share : shares) {
            share.bound((maxEntries - 1) / SHARES + 1, maxBytes / SHARES, now);
        }
    }

    private MemoryShare share(String key) {
        int hash = key.hashCode();
        return shares[(hash ^ hash >>> 16) & SHARES - 1];
    }

    private static CompletionStage<Optional<byte[]>> found(byte[] value) {
        return value.length == 0 ? NOTHING : CompletableFuture.completedFuture(Optional.of(value.clone()));
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(String key) {
        return found(share(key).get(key, clock.getAsLong()));
    }

    @Override
    public CompletionStage<Optional<byte[]>> putIfAbsent(String key, byte[] value, Duration life) {
        check(key, value, life);
        return found(share(key).put(key, MemoryShare.NOTHING, value.clone(), life.toNanos(), clock.getAsLong()));
    }

    @Override
    public CompletionStage<?> put(String key, byte[] value, Duration life) {
        check(key, value, life);
        share(key).set(key, value.clone(), life.toNanos(), clock.getAsLong());
        return TRUE;
    }

    @Override
    public CompletionStage<Boolean> replace(String key, byte[] expected, byte[] value, Duration life) {
        check(key, value, life);
        byte[] was = share(key).put(key, expected, value.clone(), life.toNanos(), clock.getAsLong());
        return expected.length > 0 && Arrays.equals(was, expected) ? TRUE : FALSE;
    }

    @Override
    public CompletionStage<Boolean> remove(String key) {
        return share(key).remove(key, MemoryShare.NOTHING, clock.getAsLong()) ? TRUE : FALSE;
    }

    @Override
    public CompletionStage<Boolean> remove(String key, byte[] expected) {
        return share(key).remove(key, expected, clock.getAsLong()) ? TRUE : FALSE;
    }

    /// Refuses what no store takes, so that every one refuses the same.
    static void check(String key, byte[] value, Duration life) {
        if (key.isEmpty() || key.length() > MAX_KEY_CHARACTERS) {
            throw new IllegalArgumentException("key must have 1 to " + MAX_KEY_CHARACTERS + " characters (has "
                    + key.length() + ")");
        }
        if (value.length == 0 || value.length > MAX_VALUE_BYTES) {
            throw new IllegalArgumentException("value must have 1 to " + MAX_VALUE_BYTES + " bytes (has "
                    + value.length + ")");
        }
        if (life.toMillis() < 1) {
            throw new IllegalArgumentException("life must be at least 1ms (was " + life + ")");
        }
    }

    /// Number of values, those included that are over and not dropped yet.
    public long entries() {
        return Arrays.stream(shares).mapToLong(MemoryShare::entries).sum();
    }

    /// Bytes that they take up.
    public long bytes() {
        return Arrays.stream(shares).mapToLong(MemoryShare::bytes).sum();
    }

    /// Values dropped so far although they were not over.
    public long evicted() {
        return Arrays.stream(shares).mapToLong(MemoryShare::evicted).sum();
    }
}
