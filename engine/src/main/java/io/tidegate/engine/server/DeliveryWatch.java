package io.tidegate.engine.server;

import io.tidegate.config.ListenerConfig;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Delivery;
import io.tidegate.engine.worker.Worker;

/// Watches that a client takes what is sent to it, and not by single bytes. Only while bytes wait to be taken: a stream
/// that is quiet is nobody's fault.
final class DeliveryWatch {

    private static final long SECOND = 1_000_000_000L;
    private static final long WINDOW_NANOS = 10 * SECOND;
    /// Looks per window: bytes count as waiting only if they are seen at every one of them.
    private static final int LOOKS = 10;

    private final Worker worker;
    private final Delivery sent;
    private final Runnable tooSlow;
    private final Deadline deadline = new Deadline(this::look);
    private boolean armed;
    private long window;
    private long least;
    private long before;
    private int looks;

    DeliveryWatch(Worker worker, Delivery sent, Runnable tooSlow) {
        this.worker = worker;
        this.sent = sent;
        this.tooSlow = tooSlow;
    }

    /// Something was sent. Costs a comparison where it is watched already.
    void begin(ListenerConfig config) {
        if (armed) {
            return;
        }
        armed = true;
        long rate = config.limits().minimumRate().bytes();
        long idle = config.timeouts().writeIdle().toNanos();
        boolean rated = rate < Integer.MAX_VALUE;
        window = rated ? Math.min(WINDOW_NANOS, idle) : idle;
        least = rated ? Math.max(1, rate * window / SECOND) : 1;
        before = sent.delivered();
        looks = 0;
        worker.deadlines().set(deadline, window / LOOKS);
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
        worker.deadlines().set(deadline, window / LOOKS);
    }

    void close() {
        worker.deadlines().remove(deadline);
    }
}
