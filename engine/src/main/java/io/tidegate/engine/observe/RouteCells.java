package io.tidegate.engine.observe;

/// What one event loop counts of one route.
public final class RouteCells extends Cells {

    /// Classes of statuses, from 0 (none was sent) to 5.
    static final int CLASSES = 6;

    private static final int RECEIVED = CLASSES;
    private static final int SENT = CLASSES + 1;

    private final Histogram durations = new Histogram();

    RouteCells() {
        super(CLASSES + 2);
    }

    /// Counts a request that is over.
    ///
    /// @param status
    ///            sent to the client, 0 where none was
    /// @param durationNanos
    ///            from the first byte of the request to the last of the response
    /// @param bytesIn
    ///            received from the client
    /// @param bytesOut
    ///            sent to the client
    public void request(int status, long durationNanos, long bytesIn, long bytesOut) {
        add(statusClass(status), 1);
        add(RECEIVED, bytesIn);
        add(SENT, bytesOut);
        durations.record(durationNanos);
    }

    /// The class of a status; 0 for what is no status.
    static int statusClass(int status) {
        return status >= 100 && status < 600 ? status / 100 : 0;
    }

    long requests(int statusClass) {
        return read(statusClass);
    }

    long received() {
        return read(RECEIVED);
    }

    long sent() {
        return read(SENT);
    }

    Histogram durations() {
        return durations;
    }
}
