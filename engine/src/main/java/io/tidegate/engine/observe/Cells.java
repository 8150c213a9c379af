package io.tidegate.engine.observe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Counters of one event loop: only that loop writes them, anyone reads them.
///
/// Writes are plain, because there is one writer; reads are opaque, so that each sees a value that once stood there and
/// sees newer ones in the course of time. Cells are not read together: a sum over several may mix two moments.
abstract class Cells {

    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);

    /// Keeps what two loops write on different cache lines: 64 bytes in front of the first cell.
    private static final int PAD = 8;

    private final long[] cells;

    Cells(int count) {
        cells = new long[PAD + count];
    }

    /// Adds to a cell; called by the loop that owns it.
    final void add(int index, long amount) {
        cells[PAD + index] += amount;
    }

    /// Puts a value into a cell; called by the loop that owns it.
    final void put(int index, long value) {
        ELEMENT.setOpaque(cells, PAD + index, value);
    }

    /// The value of a cell, from any thread.
    final long read(int index) {
        return (long) ELEMENT.getOpaque(cells, PAD + index);
    }
}
