package io.tidegate.identity.basicauth;

import io.tidegate.api.Background;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Bounds how many passwords are hashed at a time, all over the process: hashing one takes a processor for some tens of
/// milliseconds, and memory.
final class Gate implements AutoCloseable {

    /// Most that run or wait.
    static final int MOST = 64;

    private final Semaphore places = new Semaphore(MOST);
    private final Semaphore running = new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

    /// Runs `work` on a virtual thread once there is a processor for it; null where too many wait already.
    @Nullable
    CompletableFuture<Boolean> run(Background background, BooleanSupplier work) {
        if (!places.tryAcquire()) {
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
            }
            if (failure == null) {
                done.complete(result);
            } else {
                done.completeExceptionally(failure);
            }
        });
        return done;
    }

    /// What runs comes to its end.
    @Override
    public void close() {
        // It holds no more than its threads do.
    }
}
