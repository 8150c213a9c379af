package io.tidegate.engine.worker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The requests of one event loop that have come and are not begun yet, first come, first served.
///
/// A request that is begun takes memory until its response comes: its stream, its exchange, a connection to a service
/// and what the kernel keeps for that. A busy loop that begins whatever comes has as many under way as there are
/// clients, and the processor has lost sight of each by the time that its response arrives; a request that waits costs
/// what it has sent. So a loop begins no more than a window lets it, as queues of batches and work-in-progress limits do
/// elsewhere, and looks after what services answer before it begins the next.
///
/// The window is there to keep what is under way close at hand, not to protect anybody, and gives way at once:
///
/// - where there is room in it and nobody waits, a request is begun as it comes;
/// - only what was begun a moment ago counts ([#YOUNG_NANOS]): services that take their time keep nobody waiting;
/// - where the loop has nothing to do while requests wait, it grows ([#idle]), and shrinks again as time goes by.
///
/// All on its loop.
public final class RequestQueue {

    /// As many may be under way at least.
    static final int LEAST = 64;

    /// As many are begun at once, or as many as were begun besides; then the loop looks at its sockets.
    static final int AT_ONCE = 32;

    /// A request counts for at least as long, and at most for twice as long.
    static final long YOUNG_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /// As long has the loop to have nothing to do, within [#YOUNG_NANOS], to begin more.
    static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /// Most bytes that are held for those who wait; beyond, a request is begun as it comes.
    static final int MOST_BYTES = 4 << 20;

    /// As much is copied out of the buffer that it was received into, which others can be received into meanwhile.
    private static final int COPIED = 2048;

    /// By how much the window grows and shrinks, as a part of what is under way or of itself.
    private static final int GROWTH = 4;
    private static final int SHRINKAGE = 32;
    private static final int LEAST_SHRINKAGE = 8;

    private static final Logger LOG = LoggerFactory.getLogger(RequestQueue.class);

    private final ArrayDeque<Place> waiting = new ArrayDeque<>();
    private int held;
    private int window = LEAST;
    private int under;
    private int underBefore;
    private long epoch = 2;
    private long epochBegan;
    private long idle;
    private int besides;

    /// Nobody waits.
    ///
    /// @param now
    ///            in the terms of [System#nanoTime]
    RequestQueue(long now) {
        epochBegan = now;
    }

    /// Whether a request that comes now need not wait.
    public boolean isFree() {
        return underWay() < window && waiting.isEmpty();
    }

    /// Whether nobody waits.
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /// Whether a request has to end or to age before the next may begin.
    boolean isFull() {
        return underWay() >= window;
    }

    private int underWay() {
        return under + underBefore;
    }

    /// Lets something wait behind all the others, that holds nothing.
    public void add(Place place) {
        if (!place.waits) {
            place.waits = true;
            waiting.addLast(place);
        }
    }

    /// Lets a request wait behind all the others.
    ///
    /// @param in
    ///            what has come of it
    /// @return the same bytes, to be kept until its turn, and `in` is released where they are in another buffer; null
    ///         where too much is held already: nothing was done then
    public @Nullable ByteBuf add(Place place, ByteBufAllocator allocator, ByteBuf in) {
        boolean small = in.readableBytes() <= COPIED;
        int bytes = small ? in.readableBytes() : in.capacity();
        if (held + bytes > MOST_BYTES) {
            return null;
        }
        ByteBuf kept = in;
        if (small) {
            kept = allocator.directBuffer(bytes, bytes).writeBytes(in);
            in.release();
        }
        held += bytes;
        place.bytes = bytes;
        add(place);
        return kept;
    }

    /// Who waits there need not wait any longer, or is gone.
    public void leave(Place place) {
        place.waits = false;
        held -= place.bytes;
        place.bytes = 0;
    }

    /// A request is begun.
    ///
    /// @param now
    ///            in the terms of [System#nanoTime]
    /// @return what [#answered] is to be told
    public long begun(long now) {
        age(now);
        under++;
        return epoch;
    }

    /// A request is begun that neither waits nor counts: it came together with others, by HTTP/2 or HTTP/3. For each of
    /// them one that waits may be begun in the same turn, so that those who wait are not the only ones to do so.
    public void begunBesides() {
        besides++;
    }

    /// The response to a request has begun, or there will be none.
    ///
    /// @param begun
    ///            what [#begun] gave
    public void answered(long begun) {
        if (begun == epoch) {
            under--;
        } else if (begun == epoch - 1) {
            underBefore--;
        }
    }

    /// Forgets what has been under way for long.
    void age(long now) {
        long passed = now - epochBegan;
        if (passed < YOUNG_NANOS) {
            return;
        }
        if (passed < 2 * YOUNG_NANOS) {
            underBefore = under;
            epoch++;
        } else {
            underBefore = 0;
            epoch += 2;
        }
        under = 0;
        epochBegan = now;
        idle = 0;
        window = Math.max(LEAST, window - Math.max(LEAST_SHRINKAGE, window / SHRINKAGE));
    }

    /// The loop had nothing to do for so long, although requests wait.
    void idle(long nanos) {
        idle += nanos;
        if (idle >= IDLE_NANOS) {
            idle = 0;
            window = underWay() + Math.max(LEAST, underWay() / GROWTH);
        }
    }

    /// Begins those who have waited for longest, as many as may be.
    void begin() {
        int most = Math.max(AT_ONCE, besides);
        besides = 0;
        for (int left = most; left > 0 && !isFull();) {
            Place next = waiting.pollFirst();
            if (next == null) {
                return;
            }
            if (next.waits) {
                leave(next);
                left--;
                begin(next);
            }
        }
    }

    private static void begin(Place next) {
        try {
            next.begin.run();
        } catch (RuntimeException | Error e) {
            // The others must have their turn all the same.
            LOG.error("what has waited failed", e);
        }
    }

    /// Where somebody waits, again and again.
    public static final class Place {

        private final Runnable begin;
        private boolean waits;
        private int bytes;

        /// A place where nobody waits.
        ///
        /// @param begin
        ///            what is done when its turn comes
        public Place(Runnable begin) {
            this.begin = begin;
        }

        /// Whether somebody waits there.
        public boolean waits() {
            return waits;
        }
    }
}
