package io.tidegate.engine.upstream;

import io.tidegate.engine.worker.Deadlines;
import io.tidegate.engine.worker.Deadlines.Deadline;

/// How long a service may take: until its response is complete, and from one read to the next. Stands still while
/// nobody reads from it. Idle connections use it for the end of their wait.
final class ResponseTimer {

    private static final long NEVER = Long.MAX_VALUE;

    private final Deadlines deadlines;
    private final Deadline deadline;
    private boolean running = true;
    private long responseAt = NEVER;
    private long responseLeft = NEVER;
    private long idleNanos = NEVER;

    ResponseTimer(Deadlines deadlines, Runnable late) {
        this.deadlines = deadlines;
        this.deadline = new Deadline(late);
    }

    /// Waits for nothing, until [#expect].
    void stop() {
        deadlines.clear(deadline);
        running = true;
        responseAt = NEVER;
        responseLeft = NEVER;
        idleNanos = NEVER;
    }

    /// It is used no more.
    void close() {
        deadlines.remove(deadline);
    }

    /// Waits for `nanos`, whatever comes.
    void waitFor(long nanos) {
        deadlines.set(deadline, nanos);
    }

    /// Waits for a response, which may take `response` nanoseconds, with pauses of `idle` nanoseconds.
    void expect(long response, long idle) {
        idleNanos = idle;
        responseLeft = response;
        if (running) {
            responseAt = response == NEVER ? NEVER : deadlines.now() + response;
            deadlines.set(deadline, Math.min(response, idle));
        }
    }

    /// Something came: the time to the next read begins anew.
    void heard() {
        if (running && idleNanos != NEVER) {
            deadlines.set(deadline, Math.min(left(), idleNanos));
        }
    }

    /// Nobody reads any more.
    void pause() {
        running = false;
        responseLeft = left();
        deadlines.clear(deadline);
    }

    /// Somebody reads again.
    void resume() {
        running = true;
        deadlines.refresh();
        expect(responseLeft, idleNanos);
    }

    private long left() {
        return responseAt == NEVER ? NEVER : Math.max(0, responseAt - deadlines.now());
    }
}
