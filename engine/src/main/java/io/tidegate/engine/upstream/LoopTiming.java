package io.tidegate.engine.upstream;

import io.tidegate.engine.health.Timing;
import io.tidegate.engine.worker.Worker;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The time of one event loop: what is done later is done there. What is still to be done when the loop ends is not
/// done.
///
/// @param worker
///            whose loop it is
public record LoopTiming(Worker worker) implements Timing {

    private static final Logger LOG = LoggerFactory.getLogger(LoopTiming.class);

    @Override
    public long now() {
        return System.nanoTime();
    }

    @Override
    public void after(long nanos, Runnable action) {
        try {
            worker.loop().schedule(action, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the event loop has ended", e);
        }
    }
}
