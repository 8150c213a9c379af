package io.tidegate.engine.upstream;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// How many repeats an upstream has to bear: a share of the requests of the last ten seconds, counted by each event
/// loop for itself, and [#FLOOR_PER_SECOND] beside it, counted for all of them together. A service that fails under its
/// load gets hardly more of it.
public final class RetryBudget {

    /// Repeats in a second that are allowed however few requests there are.
    static final int FLOOR_PER_SECOND = 3;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long FLOOR_NANOS = SECOND / FLOOR_PER_SECOND;
    private static final int SLOTS = 10;

    /// When the floor is next used up (generic cell rate algorithm). Touched by repeats alone.
    private final AtomicLong floor;
    private final Lane[] lanes;

    /// A budget of which nothing is used.
    ///
    /// @param workers
    ///            number of event loops
    /// @param now
    ///            the time, in the terms of [System#nanoTime]
    public RetryBudget(int workers, long now) {
        floor = new AtomicLong(now);
        lanes = new Lane[workers];
        for (int i = 0; i < workers; i++) {
            lanes[i] = new Lane(now);
        }
    }

    /// What one event loop counts, by its index.
    public Lane lane(int worker) {
        return lanes[worker];
    }

    private boolean takeFloor(long now) {
        while (true) {
            long used = floor.get();
            if (used - now > SECOND - FLOOR_NANOS) {
                return false;
            }
            if (floor.compareAndSet(used, (used - now > 0 ? used : now) + FLOOR_NANOS)) {
                return true;
            }
        }
    }

    /// The requests and repeats of one event loop, by seconds. Touched on that loop only.
    public final class Lane {

        private final int[] requestsIn = new int[SLOTS];
        private final int[] repeatsIn = new int[SLOTS];
        private long requests;
        private long repeats;
        private long slotBegan;
        private int slot;

        private Lane(long now) {
            slotBegan = now;
        }

        /// Counts a request.
        public void request(long now) {
            if (now - slotBegan >= SECOND) {
                turn(now);
            }
            requestsIn[slot]++;
            requests++;
        }

        /// Asks for a repeat, and counts it where it is allowed.
        ///
        /// @param share
        ///            most repeats for each request
        public boolean repeat(long now, double share) {
            if (now - slotBegan >= SECOND) {
                turn(now);
            }
            boolean allowed = repeats + 1 <= share * requests || takeFloor(now);
            if (allowed) {
                repeatsIn[slot]++;
                repeats++;
            }
            return allowed;
        }

        private void turn(long now) {
            long seconds = (now - slotBegan) / SECOND;
            slotBegan += seconds * SECOND;
            for (long i = Math.min(seconds, SLOTS); i > 0; i--) {
                slot = (slot + 1) % SLOTS;
                requests -= requestsIn[slot];
                repeats -= repeatsIn[slot];
                requestsIn[slot] = 0;
                repeatsIn[slot] = 0;
            }
        }
    }
}
