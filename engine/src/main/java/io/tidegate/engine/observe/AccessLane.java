package io.tidegate.engine.observe;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/// Where one event loop puts its lines of the access log. A line costs the loop its formatting and nothing else: no
/// lock, no allocation, no wait. Where there is no room, the line is dropped and counted.
///
/// Memory comes in chunks, made when first needed and used again; there are as many as the lane's share of
/// `accessLog.buffer` allows. A chunk that is full wakes the writer; less than that is fetched every 100 ms.
public final class AccessLane {

    static final int CHUNK = 64 * 1024;
    /// Chunks that wait to be used again; what a burst needed beyond them is given back.
    private static final int SPARE = 16;

    private final @Nullable LineFormat format;
    private final WorkerCells cells;
    private final Runnable wake;
    private final LongSupplier clock;
    private final int limit;
    /// Chunks from the loop to the writer in the order of their lines, the one being filled included.
    private final SpscAtomicArrayQueue<Chunk> opened;
    private final SpscAtomicArrayQueue<Chunk> spare = new SpscAtomicArrayQueue<>(SPARE);
    private @Nullable Chunk filling;
    private int made;
    private volatile int released;
    private volatile boolean closed;
    /// The writer's: the chunk it takes from.
    private @Nullable Chunk taking;

    /// A lane.
    ///
    /// @param format
    ///            how lines are written, or null where there is no log
    /// @param limit
    ///            most chunks, at least 2
    /// @param wake
    ///            lets the writer look at once
    AccessLane(@Nullable LineFormat format, WorkerCells cells, int limit, Runnable wake, LongSupplier clock) {
        this.format = format;
        this.cells = cells;
        this.limit = limit;
        this.wake = wake;
        this.clock = clock;
        this.opened = new SpscAtomicArrayQueue<>(limit);
    }

    /// Whether lines are written at all; where not, [#log] does nothing.
    public boolean isOn() {
        return format != null;
    }

    /// Adds a line for `record`. Called on the lane's event loop.
    public void log(AccessRecord record) {
        LineFormat lines = format;
        if (lines == null) {
            return;
        }
        Chunk chunk = filling;
        if (chunk == null || !chunk.hasRoom(Line.MAX)) {
            chunk = next(chunk);
        }
        if (chunk == null || closed) {
            cells.logDropped();
            return;
        }
        chunk.publish(lines.write(record, clock.getAsLong(), chunk.bytes(), chunk.end()));
    }

    @SuppressWarnings("FieldMissingNullable")
    private @Nullable Chunk next(@Nullable Chunk before) {
        if (before != null) {
            before.fill();
            wake.run();
        }
        Chunk chunk = spare.poll();
        if (chunk != null) {
            chunk.reuse();
        } else if (made - released < limit) {
            made++;
            chunk = new Chunk(CHUNK);
        }
        filling = chunk;
        if (chunk != null && !opened.offer(chunk)) {
            throw new IllegalStateException("more than " + limit + " chunks are open");
        }
        return chunk;
    }

    /// Moves whole lines into `to`, as many as fit. Called by the writer.
    ///
    /// @return whether everything there was is moved
    boolean moveTo(ByteBuffer to) {
        while (true) {
            Chunk chunk = taking;
            if (chunk == null) {
                chunk = opened.poll();
                if (chunk == null) {
                    return true;
                }
                taking = chunk;
            }
            // In this order: a chunk seen full has all its lines published.
            boolean full = chunk.isFull();
            int end = chunk.available();
            int fits = lastLineEnd(chunk, end, to.remaining());
            to.put(chunk.bytes(), chunk.taken(), fits - chunk.taken());
            chunk.take(fits);
            if (fits < end) {
                return false;
            }
            if (!full) {
                return true;
            }
            taking = null;
            giveBack(chunk);
        }
    }

    private static int lastLineEnd(Chunk chunk, int end, int room) {
        int stop = end;
        if (end - chunk.taken() > room) {
            stop = chunk.taken() + room;
            while (stop > chunk.taken() && chunk.bytes()[stop - 1] != '\n') {
                stop--;
            }
        }
        return stop;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the thread that writes the log
    private void giveBack(Chunk chunk) {
        if (!spare.offer(chunk)) {
            released++;
        }
    }

    /// No line is taken any more.
    void close() {
        closed = true;
    }
}
