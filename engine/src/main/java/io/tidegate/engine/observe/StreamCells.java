package io.tidegate.engine.observe;

/// What one event loop counts of connections whose bytes are relayed from one listener to one upstream.
public final class StreamCells extends Cells {

    private static final int BEGUN = 0;
    private static final int ENDED = 1;
    private static final int RECEIVED = 2;
    private static final int SENT = 3;
    private static final int SIZE = 4;

    private final Histogram durations = new Histogram();

    StreamCells() {
        super(SIZE);
    }

    /// A connection begins.
    public void begun() {
        add(BEGUN, 1);
    }

    /// A connection is over.
    public void ended(long durationNanos) {
        add(ENDED, 1);
        durations.record(durationNanos);
    }

    /// Bytes came from a client.
    public void received(long bytes) {
        add(RECEIVED, bytes);
    }

    /// Bytes came for a client.
    public void sent(long bytes) {
        add(SENT, bytes);
    }

    long connections() {
        return read(BEGUN);
    }

    long open() {
        return read(BEGUN) - read(ENDED);
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
