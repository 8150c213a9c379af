package io.tidegate.app.gateway;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has Java compile the way of requests through the gateway before it is ready, by a [Rehearsal]: the first requests
/// cost a hundred times what later ones do, so a process that is given its share of the traffic at once would have to
/// turn some away.
///
/// Over after a number of rounds or [#LIMIT_NANOS], whichever comes first, whatever the rehearsal does. It leaves the
/// processor to clients that don't wait for readiness: while there are any, no round begins. No service hears of it, and
/// nothing is counted.
final class WarmUp {

    /// Longest time that readiness waits for it, in nanoseconds: what the compiler takes where all have one processor.
    static final long LIMIT_NANOS = 1_500_000_000L;

    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final int ROUNDS = 3000;
    private static final long REST_MILLIS = 20;

    private final LongSupplier clients;
    private @Nullable Thread thread;
    private volatile long end;
    private volatile boolean begun;
    private volatile boolean over;
    private volatile boolean stopped;

    /// One that has not begun.
    ///
    /// @param clients
    ///            number of connections that clients have to the gateway that serves
    WarmUp(LongSupplier clients) {
        this.clients = clients;
    }

    /// Begins, on a thread of its own that ends with it.
    ///
    /// @param transport
    ///            of the gateway that serves
    void start(String transport) {
        end = System.nanoTime() + LIMIT_NANOS;
        begun = true;
        thread = Thread.ofPlatform().daemon().name("tidegate-warm-up").start(() -> run(transport));
    }

    /// Whether it has come to its end.
    boolean isOver() {
        return over || (begun && isLate());
    }

    /// Waits for its end, [#LIMIT_NANOS] at most.
    void await() throws InterruptedException {
        Thread running = thread;
        while (running != null && !isOver() && running.isAlive()) {
            TimeUnit.NANOSECONDS.timedJoin(running, Math.max(1, end - System.nanoTime()));
        }
    }

    /// Ends it early.
    void stop() {
        stopped = true;
    }

    private boolean isLate() {
        return System.nanoTime() - end >= 0;
    }

    private void run(String transport) {
        try (Rehearsal rehearsal = Rehearsal.start(transport)) {
            rounds(rehearsal);
            over = true;
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.debug("could not warm up", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            over = true;
        }
    }

    private void rounds(Rehearsal rehearsal) throws IOException, InterruptedException {
        for (int i = 0; i < ROUNDS && !stopped && !isLate(); i++) {
            if (clients.getAsLong() > 0) {
                Thread.sleep(REST_MILLIS);
            } else {
                rehearsal.round();
            }
        }
    }
}
