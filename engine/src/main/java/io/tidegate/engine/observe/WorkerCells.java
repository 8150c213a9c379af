package io.tidegate.engine.observe;

import io.tidegate.api.Fault;

/// What one event loop counts beside routes and endpoints: connections of clients, faults, how it keeps time.
public final class WorkerCells extends Cells {

    /// Stands behind the version where a session was resumed.
    static final String RESUMED = " resumed";

    private static final int ACCEPTED = 0;
    private static final int CLOSED = 1;
    private static final int LOG_DROPPED = 2;
    private static final int LAG_LAST = 3;
    private static final int LAG_MAX = 4;
    private static final int STALLS = 5;
    private static final int BEAT_DUE = 6;
    private static final int ALIASES = 7;
    private static final int TUNNELS_OPENED = 8;
    private static final int TUNNELS_CLOSED = 9;
    private static final int SIZE = 10;

    private final CodeCounts refused = new CodeCounts();
    private final CodeCounts faults = new CodeCounts();
    private final CodeCounts rejects = new CodeCounts();
    private final CodeCounts tlsFailures = new CodeCounts();
    private final CodeCounts tlsHandshakes = new CodeCounts();
    private final ShedCells shed = new ShedCells();
    private final Histogram lag = new Histogram();
    /// Counts the scrapes; the loop begins a new maximum when it sees it changed.
    private volatile int scrapes;
    private int scrapesSeen;

    WorkerCells() {
        super(SIZE);
    }

    /// A client's connection was accepted.
    public void connectionAccepted() {
        add(ACCEPTED, 1);
    }

    /// A client's connection that had been accepted is closed.
    public void connectionClosed() {
        add(CLOSED, 1);
    }

    /// A client's connection was turned away.
    ///
    /// @param reason
    ///            a short constant such as `per_address`
    public void connectionRefused(String reason) {
        refused.add(reason);
    }

    /// A handshake of TLS came to its end.
    ///
    /// @param version
    ///            `TLSv1.3`
    /// @param resumed
    ///            whether an earlier session was gone on with
    public void tlsHandshake(String version, boolean resumed) {
        tlsHandshakes.add(resumed ? version + RESUMED : version);
    }

    /// A handshake of TLS failed.
    ///
    /// @param reason
    ///            a short constant such as `timeout`
    public void tlsFailed(String reason) {
        tlsFailures.add(reason);
    }

    /// A connection of WebSocket stands.
    public void tunnelOpened() {
        add(TUNNELS_OPENED, 1);
    }

    /// A connection of WebSocket has ended.
    public void tunnelClosed() {
        add(TUNNELS_CLOSED, 1);
    }

    long tunnelsOpened() {
        return read(TUNNELS_OPENED);
    }

    long tunnelsOpen() {
        return read(TUNNELS_OPENED) - read(TUNNELS_CLOSED);
    }

    /// An exchange ended with a fault, whoever is to blame.
    public void fault(Fault fault) {
        faults.add(fault.code());
    }

    /// A message was refused: it could not be read, or must not be passed on. No limit that a client ran into.
    public void rejected(Fault reason) {
        rejects.add(reason.code());
    }

    /// Fields of a request were left out because their names hold an underscore.
    public void aliasesDropped(int fields) {
        add(ALIASES, fields);
    }

    /// A line of the access log found no room.
    void logDropped() {
        add(LOG_DROPPED, 1);
    }

    /// What was shed since the loop was short of something.
    public ShedCells shed() {
        return shed;
    }

    /// The loop's clock ticked.
    ///
    /// @param lagNanos
    ///            how much later than it was due
    /// @param nextDue
    ///            when it is due next, in the terms of [System#nanoTime]
    void beat(long lagNanos, long nextDue) {
        int seen = scrapes;
        long max = lagNanos;
        if (seen == scrapesSeen) {
            max = Math.max(max, read(LAG_MAX));
        }
        scrapesSeen = seen;
        put(LAG_LAST, lagNanos);
        put(LAG_MAX, max);
        put(BEAT_DUE, nextDue);
        lag.record(lagNanos);
    }

    /// The loop's clock is not looked at any more.
    void beatStops() {
        put(BEAT_DUE, 0);
    }

    /// The loop was held up for longer than it should be.
    void stalled() {
        add(STALLS, 1);
    }

    /// When the clock is due next, 0 before it runs.
    long beatDue() {
        return read(BEAT_DUE);
    }

    long accepted() {
        return read(ACCEPTED);
    }

    long open() {
        return read(ACCEPTED) - read(CLOSED);
    }

    long linesDropped() {
        return read(LOG_DROPPED);
    }

    long aliases() {
        return read(ALIASES);
    }

    long lastLagNanos() {
        return read(LAG_LAST);
    }

    long stalls() {
        return read(STALLS);
    }

    /// The largest lag since the last call, that of a clock that is overdue right now included.
    @SuppressWarnings("NonAtomicVolatileUpdate") // scrapes are written one at a time
    long takeMaxLagNanos(long now) {
        long max = read(LAG_MAX);
        long due = beatDue();
        scrapes++;
        return due == 0 ? max : Math.max(max, now - due);
    }

    Histogram lag() {
        return lag;
    }

    CodeCounts refused() {
        return refused;
    }

    CodeCounts tlsFailures() {
        return tlsFailures;
    }

    /// By version; resumed ones with [#RESUMED] behind it.
    CodeCounts tlsHandshakes() {
        return tlsHandshakes;
    }

    CodeCounts faults() {
        return faults;
    }

    CodeCounts rejects() {
        return rejects;
    }
}
