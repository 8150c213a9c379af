package io.tidegate.engine.health;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// What came of the requests to one endpoint, counted by each event loop for itself and added up now and then.
final class Outcomes {

    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);
    /// Cells of one loop, so far apart that two loops don't write to the same cache line.
    private static final int STRIDE = 16;
    private static final int ANSWERS = 0;
    private static final int ERRORS = 1;
    private static final int NANOS = 2;

    private final int workers;
    private final long[] cells;
    private final long[] before = new long[3];

    Outcomes(int workers) {
        this.workers = workers;
        this.cells = new long[STRIDE * (workers + 1)];
    }

    /// Counts an answer that came after so many nanoseconds. On the worker's loop.
    void answered(int worker, long nanos) {
        int at = STRIDE * (worker + 1);
        add(at + ANSWERS, 1);
        add(at + NANOS, nanos);
    }

    /// Counts an error. On the worker's loop.
    void failed(int worker) {
        add(STRIDE * (worker + 1) + ERRORS, 1);
    }

    private void add(int at, long amount) {
        // One loop writes each cell.
        ELEMENT.setOpaque(cells, at, cells[at] + amount);
    }

    /// What was counted since the last call. Called by one thread at a time.
    Sum take() {
        return new Sum(take(ANSWERS), take(ERRORS), take(NANOS));
    }

    private long take(int cell) {
        long sum = 0;
        for (int i = 1; i <= workers; i++) {
            sum += (long) ELEMENT.getOpaque(cells, STRIDE * i + cell);
        }
        long since = sum - before[cell];
        before[cell] = sum;
        return since;
    }

    /// What was counted in some time.
    ///
    /// @param answers
    ///            requests with an answer that is no error
    /// @param errors
    ///            the others
    /// @param nanos
    ///            to the first byte of all answers together
    record Sum(long answers, long errors, long nanos) {

        static final Sum NOTHING = new Sum(0, 0, 0);

        Sum plus(Sum other) {
            return new Sum(answers + other.answers, errors + other.errors, nanos + other.nanos);
        }

        Sum minus(Sum other) {
            return new Sum(answers - other.answers, errors - other.errors, nanos - other.nanos);
        }

        long requests() {
            return answers + errors;
        }

        double errorShare() {
            return requests() == 0 ? 0 : (double) errors / requests();
        }

        double meanNanos() {
            return answers == 0 ? 0 : (double) nanos / answers;
        }
    }
}
