package io.tidegate.engine.server;

import io.tidegate.engine.worker.Deadlines;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Delivery;

/// Watches that a client takes what is sent to it, and not by single bytes. Only while bytes wait to be taken: a stream
/// that is quiet is nobody's fault.
final class DeliveryWatch {

    private static final long SECOND = 1_000_000_000L;
    private static final long WINDOW_NANOS = 10 * SECOND;
    /// Looks per window: bytes count as waiting only if they are seen at every one of them.
    private static final int LOOKS = 10;

    private final ConnectionTerms terms;
    private final Deadlines deadlines;
    private final Delivery sent;
    private final Runnable tooSlow;
    private final Deadline deadline = new Deadline(this::look);
    private boolean armed;
    private long window;
    private long least;
    private long before;
    private int looks;

    /// A watch over what is `sent` on a connection with these terms.
    DeliveryWatch(ConnectionTerms terms, Delivery sent, Runnable tooSlow) {
        this.terms = terms;
        this.deadlines = terms.worker().deadlines();
        this.sent = sent;
        this.tooSlow = tooSlow;
    }

    /// Something was sent. Costs a comparison where it is watched already.
    void begin() {
        if (armed) {
            return;
        }
        armed = true;
        long rate = terms.config().limits().minimumRate().bytes();
        long idle = terms.timeouts().writeIdle().toNanos();
        boolean rated = rate < Integer.MAX_VALUE;
        window = rated ? Math.min(WINDOW_NANOS, idle) : idle;
        least = rated ? Math.max(1, rate * window / SECOND) : 1;
        before = sent.delivered();
        looks = 0;
        deadlines.set(deadline, window / LOOKS);
    }

    private void look() {
        if (sent.isDelivered()) {
            armed = false;
            return;
        }
        if (++looks == LOOKS) {
            long delivered = sent.delivered();
            if (delivered - before < least) {
                armed = false;
                tooSlow.run();
                return;
            }
            before = delivered;
            looks = 0;
        }
        deadlines.set(deadline, window / LOOKS);
    }

    void close() {
        deadlines.remove(deadline);
    }
}
