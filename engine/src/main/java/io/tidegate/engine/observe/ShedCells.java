package io.tidegate.engine.observe;

import io.tidegate.config.RouteConfig.Criticality;
import io.tidegate.engine.worker.Pressure.Cause;
import java.util.List;
import java.util.Locale;

/// What one event loop has shed since it was short of something: requests, by criticality and cause, and connections
/// that were closed with their response or left unread behind it.
public final class ShedCells extends Cells {

    static final List<Criticality> CRITICALITIES = List.of(Criticality.values());
    static final List<Cause> CAUSES = List.of(Cause.values());

    private static final int CLOSED = CRITICALITIES.size() * CAUSES.size();
    private static final int RESTED = CLOSED + 1;

    ShedCells() {
        super(RESTED + 1);
    }

    private static int at(Criticality criticality, Cause cause) {
        return criticality.ordinal() * CAUSES.size() + cause.ordinal();
    }

    /// A request was shed.
    public void request(Criticality criticality, Cause cause) {
        add(at(criticality, cause), 1);
    }

    /// A connection is closed with its response, since few are left.
    public void connection() {
        add(CLOSED, 1);
    }

    /// A connection is left unread for a while, since there is no time for refusals.
    public void rest() {
        add(RESTED, 1);
    }

    long requests(Criticality criticality, Cause cause) {
        return read(at(criticality, cause));
    }

    long connections() {
        return read(CLOSED);
    }

    long rests() {
        return read(RESTED);
    }

    /// Requests in all.
    long requests() {
        long sum = 0;
        for (int i = 0; i < CLOSED; i++) {
            sum += read(i);
        }
        return sum;
    }

    static String labels(Criticality criticality, Cause cause) {
        return PrometheusWriter.label("criticality", criticality.name().toLowerCase(Locale.ROOT)) + ','
                + PrometheusWriter.label("cause", cause.label());
    }
}
