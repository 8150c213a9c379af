package io.tidegate.identity.basicauth;

import io.tidegate.api.Background;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Bounds how many passwords are hashed at a time, all over the process: hashing one takes a processor for some tens of
/// milliseconds, and memory. A part of the places is all that one network gets, so that nobody who tries names and
/// passwords there keeps all others out.
final class Gate implements AutoCloseable {

    /// Most that run or wait.
    static final int MOST = 64;

    /// Most of these for one network.
    static final int MOST_OF_ONE = 16;

    private final Semaphore places = new Semaphore(MOST);
    private final Semaphore running = new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);
    private final ConcurrentMap<String, Integer> held = new ConcurrentHashMap<>();

    /// Runs `work` on a virtual thread once there is a processor for it; null where too many wait already.
    ///
    /// @param network
    ///            for whom, see [CallerNetwork]
    @Nullable
    CompletableFuture<Boolean> run(Background background, String network, BooleanSupplier work) {
        if (held.merge(network, 1, Integer::sum) > MOST_OF_ONE || !places.tryAcquire()) {
            leave(network);
            return null;
        }
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        background.later(Duration.ZERO, () -> {
            running.acquireUninterruptibly();
            boolean result = false;
            Throwable failure = null;
            try {
                result = work.getAsBoolean();
            } catch (RuntimeException | Error e) {
                failure = e;
            } finally {
                running.release();
                places.release();
                leave(network);
            }
            if (failure == null) {
                done.complete(result);
            } else {
                done.completeExceptionally(failure);
            }
        });
        return done;
    }

    private void leave(String network) {
        held.computeIfPresent(network, (_, count) -> count == 1 ? null : count - 1);
    }

    /// What runs comes to its end.
    @Override
    public void close() {
        // It holds no more than its threads do.
    }
}
