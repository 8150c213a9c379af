package io.tidegate.engine.observe;

import io.tidegate.api.GrpcStatus;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one event loop counts of one route. The histogram of a class of statuses is made with the first request of that
/// class, so that ten thousand routes that rest cost little; after that, counting allocates nothing.
public final class RouteCells extends Cells {

    /// Classes of statuses, from 0 (none was sent) to 5.
    static final int CLASSES = 6;

    private static final int RECEIVED = CLASSES;
    private static final int SENT = CLASSES + 1;
    private static final int FALLBACKS = CLASSES + 2;
    private static final int FAILED_CONDITIONS = CLASSES + 3;
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(Histogram[].class);

    /// Written by the loop that owns the cells, each place once; read by any thread.
    private final @Nullable Histogram[] durations = new Histogram[CLASSES];

    /// Calls of gRPC by their status; made with the first.
    private volatile @Nullable CodeCounts calls;

    RouteCells() {
        super(CLASSES + 4);
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
        int statusClass = statusClass(status);
        add(statusClass, 1);
        add(RECEIVED, bytesIn);
        add(SENT, bytesOut);
        Histogram seen = durations[statusClass];
        if (seen == null) {
            seen = new Histogram();
            // Whoever sees it sees its cells too.
            ELEMENT.setRelease(durations, statusClass, seen);
        }
        seen.record(durationNanos);
    }

    /// Counts a call of gRPC that is over, beside the request that it is.
    public void call(GrpcStatus status) {
        CodeCounts counts = calls;
        if (counts == null) {
            counts = new CodeCounts();
            calls = counts;
        }
        counts.add(status.name());
    }

    /// The class of a status; 0 for what is no status.
    static int statusClass(int status) {
        return status >= 100 && status < 600 ? status / 100 : 0;
    }

    long requests(int statusClass) {
        return read(statusClass);
    }

    /// Counts a request for which a declared answer stood in for the service.
    public void fallback() {
        add(FALLBACKS, 1);
    }

    long fallbacks() {
        return read(FALLBACKS);
    }

    /// Counts a condition of one of its upstreams that could not be evaluated.
    public void conditionFailed() {
        add(FAILED_CONDITIONS, 1);
    }

    long failedConditions() {
        return read(FAILED_CONDITIONS);
    }

    long received() {
        return read(RECEIVED);
    }

    long sent() {
        return read(SENT);
    }

    /// Adds the calls of gRPC by the name of their status to `totals`.
    void addCallsTo(Map<String, Long> totals) {
        CodeCounts counts = calls;
        if (counts != null) {
            counts.addTo(totals);
        }
    }

    /// Durations of the requests of a class; null where there was none yet.
    @Nullable
    Histogram durations(int statusClass) {
        return (Histogram) ELEMENT.getAcquire(durations, statusClass);
    }
}
