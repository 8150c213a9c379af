package io.tidegate.engine.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that writes the access log: fetches what the lanes hold, whole lines at a time, and writes it.
///
/// What can't be written is kept and tried again every second; meanwhile the lanes fill up and then drop what is newest.
/// Nothing that goes wrong ends the thread.
final class AccessLogWriter {

    private static final Logger LOG = LoggerFactory.getLogger(AccessLogWriter.class);
    private static final long FLUSH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long BUSY_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LogDestination destination;
    /// Lines on their way out: whole lines are put in, what is left of them stays.
    private final ByteBuffer staging = ByteBuffer.allocateDirect(AccessLane.CHUNK).limit(0);
    private int firstLane;
    private boolean failing;
    private long lastWarning = System.nanoTime() - WARN_NANOS;
    private long lost;
    private volatile boolean reopen;
    private volatile boolean closing;
    private volatile boolean givenUp;
    private volatile @Nullable Thread thread;

    AccessLogWriter(LogDestination destination) {
        this.destination = destination;
    }

    /// Lets the writer look at once.
    void wake() {
        LockSupport.unpark(thread);
    }

    /// Lets the writer begin a new file.
    void reopen() {
        reopen = true;
        wake();
    }

    /// Lets the writer write what there is and then end.
    void finish() {
        closing = true;
        wake();
    }

    /// Lets the writer end now, without what it has not written.
    void giveUp() {
        givenUp = true;
        wake();
        Thread writer = thread;
        if (writer != null) {
            destination.interrupt(writer);
        }
    }

    /// How a round ended.
    private enum Progress {
        /// Everything is written.
        DONE,
        /// No more can be taken for now.
        BLOCKED,
        /// It went wrong.
        FAILED
    }

    /// Writes until it is told to end.
    void run(List<AccessLane> lanes) {
        thread = Thread.currentThread();
        while (!givenUp) {
            // Read before the lanes are: what was there when the end was asked for is written.
            boolean last = closing;
            Progress progress = round(lanes);
            if (last && progress == Progress.DONE) {
                break;
            }
            pause(progress);
        }
        end(lanes);
    }

    private void pause(Progress progress) {
        if (progress == Progress.DONE) {
            if (!closing) {
                LockSupport.parkNanos(this, FLUSH_NANOS);
            }
            return;
        }
        boolean soon = closing || progress == Progress.BLOCKED;
        long until = System.nanoTime() + (soon ? BUSY_RETRY_NANOS : RETRY_NANOS);
        long left = until - System.nanoTime();
        // A chunk that is full is no reason to try again sooner.
        while (left > 0 && !givenUp && !reopen && (soon || !closing)) {
            LockSupport.parkNanos(this, left);
            left = until - System.nanoTime();
        }
    }

    private Progress round(List<AccessLane> lanes) {
        try {
            if (reopen) {
                reopen = false;
                reopenNow();
            }
            return drain(lanes) ? Progress.DONE : Progress.BLOCKED;
        } catch (IOException | RuntimeException e) {
            warn(e);
            return Progress.FAILED;
        }
    }

    private void reopenNow() throws IOException {
        destination.reopen();
        // A line whose beginning went to the old file is no line in the new one.
        if (staging.hasRemaining() && staging.position() > 0 && staging.get(staging.position() - 1) != '\n') {
            int end = staging.position();
            while (staging.get(end) != '\n') {
                end++;
            }
            staging.position(end + 1);
            lost++;
        }
    }

    /// Writes everything that is there; false where the destination can take no more for now.
    private boolean drain(List<AccessLane> lanes) throws IOException {
        boolean more = true;
        while (more || staging.hasRemaining()) {
            if (!staging.hasRemaining()) {
                more = !fetch(lanes);
            }
            while (staging.hasRemaining()) {
                if (destination.write(staging) == 0) {
                    return false;
                }
            }
            succeed();
        }
        return true;
    }

    /// Fetches lines, beginning with another lane each time, so that none is served last always.
    ///
    /// @return whether that was all
    private boolean fetch(List<AccessLane> lanes) {
        staging.clear();
        boolean all = true;
        for (int i = 0; i < lanes.size() && all; i++) {
            all = lanes.get((firstLane + i) % lanes.size()).moveTo(staging);
        }
        firstLane = (firstLane + 1) % lanes.size();
        staging.flip();
        return all;
    }

    private void succeed() {
        if (failing) {
            failing = false;
            LOG.info("access log is written again: to={}", destination.name());
        }
    }

    private void warn(Exception e) {
        failing = true;
        long now = System.nanoTime();
        if (now - lastWarning >= WARN_NANOS && !givenUp) {
            lastWarning = now;
            LOG.warn("can't write the access log, lines are kept while there is room: to={} cause={}",
                    destination.name(), e.toString());
        }
    }

    private void end(List<AccessLane> lanes) {
        boolean all = false;
        while (!all || staging.hasRemaining()) {
            while (staging.hasRemaining()) {
                lost += staging.get() == '\n' ? 1 : 0;
            }
            all = fetch(lanes);
        }
        if (lost > 0) {
            LOG.warn("access log ends without all its lines: to={} lost={}", destination.name(), lost);
        }
        try {
            destination.close();
        } catch (IOException e) {
            LOG.warn("can't close the access log: to={} cause={}", destination.name(), e.toString());
        }
    }

    /// Lines that were never written. Right once the thread has ended.
    long lost() {
        return lost;
    }
}
