package io.tidegate.engine.exchange;

import io.tidegate.engine.wire.GrpcFields;
import io.tidegate.engine.wire.NamedFields;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.worker.Deadlines;
import io.tidegate.engine.worker.Deadlines.Deadline;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The time that a request may take in all: what the route gives it, what the client says that it waits, and what the
/// service is told of it. Reused from request to request.
final class RequestTime {

    /// A try that would have less time than this is not worth it; the first one is made all the same.
    private static final long LEAST_NANOS = 10_000_000;
    private static final long NEVER = Long.MAX_VALUE;

    private final Deadlines deadlines;
    private final Deadline deadline;
    private final RequestHead request;
    private final GrpcCall call;
    private long endsAt = NEVER;
    private boolean ofRoute;
    private @Nullable String field;

    /// @param late
    ///            strikes where there is no time left
    RequestTime(Deadlines deadlines, RequestHead request, GrpcCall call, Runnable late) {
        this.deadlines = deadlines;
        this.deadline = new Deadline(late);
        this.request = request;
        this.call = call;
    }

    /// Lets the time of a request begin.
    ///
    /// @return false where what its client says of it can't be read
    boolean begin(Route route) {
        field = route.timeField();
        long routes = field == null
                ? route.requestNanos()
                : Math.min(route.requestNanos(), waited(field));
        long limit = call.limit(routes);
        ofRoute = limit == route.requestNanos();
        if (limit < 0) {
            return false;
        }
        if (limit == NEVER) {
            endsAt = NEVER;
        } else {
            endsAt = deadlines.now() + limit;
            deadlines.set(deadline, limit);
        }
        return true;
    }

    /// How long the client says that it waits; what is no number of milliseconds says nothing.
    private long waited(String name) {
        String value = NamedFields.value(request, name);
        if (value == null || !value.matches("[0-9]{1,12}")) {
            return NEVER;
        }
        return TimeUnit.MILLISECONDS.toNanos(Math.max(1, Long.parseLong(value)));
    }

    /// Whether it is what the route gives, and no less because of the client.
    boolean isOfRoute() {
        return ofRoute;
    }

    /// It is not measured any more.
    void stop() {
        deadlines.clear(deadline);
        endsAt = NEVER;
    }

    /// No further request comes.
    void close() {
        deadlines.remove(deadline);
    }

    /// Whether there is time for a try.
    ///
    /// @param again
    ///            whether it is not the first
    boolean isThere(boolean again) {
        return endsAt == NEVER || endsAt - deadlines.refresh() > (again ? LEAST_NANOS : 0);
    }

    /// Whether there will be time for another try after a wait of so many nanoseconds.
    boolean isEnough(long wait) {
        return endsAt == NEVER || endsAt - deadlines.refresh() - wait > LEAST_NANOS;
    }

    /// Tells the service how much time it has.
    ///
    /// @param responseNanos
    ///            most that is waited for its response
    void tell(long responseNanos) {
        if (endsAt != NEVER && call.isActive()) {
            GrpcFields.replaceTimeout(request, Math.max(1, endsAt - deadlines.refresh()));
        }
        if (field != null) {
            long left = endsAt == NEVER ? NEVER : endsAt - deadlines.refresh();
            long told = Math.min(left, responseNanos);
            NamedFields.replace(request, field,
                    told == NEVER ? null : Long.toString(Math.max(1, TimeUnit.NANOSECONDS.toMillis(told))));
        }
    }
}
