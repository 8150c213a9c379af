package io.tidegate.engine.observe;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// What the calling thread allocates.
final class Allocations {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocations() {
    }

    /// Bytes that `times` runs of `work` allocate, after as many runs that are not counted.
    static long of(int times, Runnable work) {
        run(times, work);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        run(times, work);
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static void run(int times, Runnable work) {
        for (int i = 0; i < times; i++) {
            work.run();
        }
    }
}
