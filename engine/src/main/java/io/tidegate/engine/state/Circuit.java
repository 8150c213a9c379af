package io.tidegate.engine.state;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// Whether a store that others can fail is asked: not after [#MOST] answers in a row that were late or did not come,
/// until one comes in time again. Used by any thread.
final class Circuit {

    /// Late answers in a row that open it.
    static final int MOST = 5;

    private final long budgetNanos;
    private final AtomicInteger inRow = new AtomicInteger();
    private final LongAdder late = new LongAdder();
    private volatile boolean open;

    /// @param budgetNanos
    ///            what takes longer is late
    Circuit(long budgetNanos) {
        this.budgetNanos = budgetNanos;
    }

    /// Whether the store is not to be asked.
    boolean isOpen() {
        return open;
    }

    /// An answer came, after this time.
    ///
    /// @return whether the circuit has opened with it
    boolean answered(long nanos) {
        if (nanos <= budgetNanos) {
            if (inRow.get() != 0) {
                inRow.set(0);
            }
            return false;
        }
        return missed();
    }

    /// No answer came.
    ///
    /// @return whether the circuit has opened with it
    boolean missed() {
        late.increment();
        return inRow.incrementAndGet() >= MOST && trip();
    }

    /// Opens it, whatever came before.
    ///
    /// @return whether it was closed
    synchronized boolean trip() {
        boolean was = open;
        open = true;
        return !was;
    }

    /// Closes it, where an answer to a trial came in time.
    ///
    /// @return whether it was open, and is closed now
    synchronized boolean tried(long nanos) {
        if (!open || nanos > budgetNanos) {
            return false;
        }
        inRow.set(0);
        open = false;
        return true;
    }

    /// Answers so far that were late or did not come.
    long late() {
        return late.sum();
    }
}
