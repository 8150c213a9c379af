package io.tidegate.engine.breaker;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// What came of tries within a window of time that slides on in parts, counted by each event loop for itself. A count
/// is a few stores without contention; only what fails makes somebody add up.
final class Tally {

    /// Parts of the window.
    static final int PARTS = 10;

    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int KEY = 0;
    private static final int TRIES = 1;
    private static final int FAILED = 2;
    private static final int SLOW = 3;
    private static final int CELLS = 4;
    /// Cells of one loop, and so many more that two loops don't write to the same cache line.
    private static final int STRIDE = PARTS * CELLS + 16;
    /// Where the number of the phase stands in a key, above that of the part.
    private static final int PHASE_SHIFT = 40;

    private final int workers;
    private final long partNanos;
    private final long start;
    private final long[] cells;

    /// Nothing counted yet.
    ///
    /// @param now
    ///            in nanoseconds, from any beginning
    Tally(int workers, long windowNanos, long now) {
        this.workers = workers;
        this.partNanos = Math.max(1, windowNanos / PARTS);
        this.start = now;
        this.cells = new long[STRIDE * (workers + 1)];
    }

    /// Counts a try. On the worker's loop.
    ///
    /// @param phase
    ///            what belongs to another is not added to it
    void count(int worker, int phase, long now, boolean failed, boolean slow) {
        long part = part(now);
        int at = at(worker, part);
        long key = key(phase, part);
        // One loop writes each cell.
        if (cells[at + KEY] != key) {
            ELEMENT.setOpaque(cells, at + TRIES, 0L);
            ELEMENT.setOpaque(cells, at + FAILED, 0L);
            ELEMENT.setOpaque(cells, at + SLOW, 0L);
            ELEMENT.setOpaque(cells, at + KEY, key);
        }
        add(at + TRIES);
        if (failed) {
            add(at + FAILED);
        }
        if (slow) {
            add(at + SLOW);
        }
    }

    private void add(int at) {
        ELEMENT.setOpaque(cells, at, cells[at] + 1);
    }

    private long part(long now) {
        return Math.max(0, now - start) / partNanos;
    }

    private static int at(int worker, long part) {
        return STRIDE * (worker + 1) + (int) (part % PARTS) * CELLS;
    }

    private static long key(int phase, long part) {
        return ((long) phase << PHASE_SHIFT) + part + 1;
    }

    /// What was counted in a phase within the window that ends now. Any thread may ask; what other loops count at the
    /// moment may be missing.
    Sum sum(int phase, long now) {
        long last = part(now);
        long tries = 0;
        long failed = 0;
        long slow = 0;
        for (int worker = 0; worker < workers; worker++) {
            for (long part = Math.max(0, last - PARTS + 1); part <= last; part++) {
                int at = at(worker, part);
                if ((long) ELEMENT.getOpaque(cells, at + KEY) == key(phase, part)) {
                    tries += (long) ELEMENT.getOpaque(cells, at + TRIES);
                    failed += (long) ELEMENT.getOpaque(cells, at + FAILED);
                    slow += (long) ELEMENT.getOpaque(cells, at + SLOW);
                }
            }
        }
        return new Sum(tries, failed, slow);
    }

    /// What was counted in some time.
    ///
    /// @param tries
    ///            all of them
    /// @param failed
    ///            those that failed
    /// @param slow
    ///            those that were answered slowly, failed or not
    record Sum(long tries, long failed, long slow) {
    }
}
