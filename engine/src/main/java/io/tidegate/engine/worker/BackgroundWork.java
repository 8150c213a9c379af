package io.tidegate.engine.worker;

import io.tidegate.api.Background;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs what no request waits for, each piece on a virtual thread of its own. One thread does nothing but watch the
/// clock.
public final class BackgroundWork implements Background, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.policies");
    private static final Task NOTHING = () -> {};

    private final ScheduledThreadPoolExecutor clock;

    /// Nothing is to be done yet.
    public BackgroundWork() {
        clock = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("tidegate-background").factory());
        clock.setRemoveOnCancelPolicy(true);
        clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        clock.setKeepAliveTime(10, TimeUnit.SECONDS);
        clock.allowCoreThreadTimeOut(true);
    }

    @Override
    public Task later(Duration delay, Runnable work) {
        if (delay.isZero() || delay.isNegative()) {
            now(work);
            return NOTHING;
        }
        try {
            Future<?> scheduled = clock.schedule(() -> now(work), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException e) {
            LOG.debug("background work was asked for after the end", e);
            return NOTHING;
        }
    }

    /// Runs `work` at once, on a virtual thread.
    public void now(Runnable work) {
        Thread.ofVirtual().name("tidegate-background").start(() -> {
            try {
                work.run();
            } catch (RuntimeException | LinkageError e) {
                LOG.error("background work of a policy failed", e);
            }
        });
    }

    /// What has not begun is never done.
    @Override
    public void close() {
        clock.shutdownNow();
    }
}
