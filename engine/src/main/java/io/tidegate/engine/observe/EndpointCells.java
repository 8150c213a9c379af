package io.tidegate.engine.observe;

import io.tidegate.api.Fault;

/// What one event loop counts of one endpoint of an upstream.
public final class EndpointCells extends Cells {

    private static final int CONNECTS = RouteCells.CLASSES;
    private static final int CLOSED = CONNECTS + 1;
    private static final int IDLE = CONNECTS + 2;
    private static final int WAITS = CONNECTS + 3;
    private static final int WAITING = CONNECTS + 4;
    private static final int SIZE = CONNECTS + 5;

    private final Histogram firstByte = new Histogram();
    private final CodeCounts faults = new CodeCounts();

    EndpointCells() {
        super(SIZE);
    }

    /// Counts an attempt that got a response head.
    ///
    /// @param status
    ///            of the response
    /// @param firstByteNanos
    ///            from the start of the attempt to the response head
    public void response(int status, long firstByteNanos) {
        add(RouteCells.statusClass(status), 1);
        firstByte.record(firstByteNanos);
    }

    /// Counts an attempt that failed, before or after a response head.
    public void fault(Fault fault) {
        faults.add(fault.code());
    }

    /// A connection stands.
    public void connectionOpened() {
        add(CONNECTS, 1);
    }

    /// A connection that stood is closed.
    public void connectionClosed() {
        add(CLOSED, 1);
    }

    /// A connection was put into the pool.
    public void connectionIdle() {
        add(IDLE, 1);
    }

    /// A connection left the pool, to be used or to be closed.
    public void connectionTaken() {
        add(IDLE, -1);
    }

    /// A request begins to wait for a connection.
    public void waitBegins() {
        add(WAITS, 1);
        add(WAITING, 1);
    }

    /// A request waits no longer, for whatever reason.
    public void waitEnds() {
        add(WAITING, -1);
    }

    long responses(int statusClass) {
        return read(statusClass);
    }

    long connects() {
        return read(CONNECTS);
    }

    long open() {
        return read(CONNECTS) - read(CLOSED);
    }

    long idle() {
        return read(IDLE);
    }

    long waits() {
        return read(WAITS);
    }

    long waiting() {
        return read(WAITING);
    }

    Histogram firstByte() {
        return firstByte;
    }

    CodeCounts faults() {
        return faults;
    }
}
