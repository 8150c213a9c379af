package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import io.tidegate.api.Ratio;
import io.tidegate.config.HealthCheckConfig.StatusRange;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// When requests to a service that fails are held back for a while.
@Doc("When requests to a service that fails are held back for a while, so that it is left in peace and clients hear at once. `{}` for the defaults.")
public record CircuitBreakerConfig(
        @Doc("Whose failures are counted together, and who is left in peace because of them.") @Default("both") Scope scope,

        @Doc("The share of failures at which it opens: no connection, a broken one, a time-out, an answer that is no HTTP, a status of `failureStatus`, and the statuses UNKNOWN, INTERNAL, UNAVAILABLE and DATA_LOSS of gRPC.") @Default("50%") Ratio failureRate,

        @Doc("Statuses that are failures: `503`, `500-599`.") @Default("[500, 502-504]") List<StatusRange> failureStatus,

        @Doc("The share of slow answers at which it opens. Left out: how long answers take is not looked at.") @Nullable Ratio slowCallRate,

        @Doc("From this time to the first byte on an answer is slow, for `slowCallRate`. Nothing is cut off because of it.") @Default("5s") Duration slowCall,

        @Doc("Fewest tries within `window` to judge by.") @Default("20") @Range(min = 1, max = 1000000) int minRequests,

        @Doc("The time over which tries are counted, in ten parts that go one by one.") @Default("10s") Duration window,

        @Doc("How long it stays open before it lets requests through for a test.") @Default("5s") Duration openFor,

        @Doc("So many requests are let through for a test. Once all have been answered it closes, or opens again where `failureRate` or `slowCallRate` is reached among them.") @Default("5") @Range(min = 1, max = 1000) int halfOpenRequests) {

    /// Copies what it is given.
    public CircuitBreakerConfig {
        failureStatus = List.copyOf(failureStatus);
    }

    /// Whose failures are counted together.
    public enum Scope {
        @Doc("Those of all endpoints: while it is open the fallback is used, or requests are answered 503.")
        UPSTREAM, @Doc("Those of each endpoint for itself: while it is open the others are used.")
        ENDPOINT, @Doc("There is one of both kinds.")
        BOTH
    }

    /// Whether there is one for the upstream as a whole.
    public boolean ofUpstream() {
        return scope != Scope.ENDPOINT;
    }

    /// Whether there is one for each endpoint.
    public boolean ofEndpoints() {
        return scope != Scope.UPSTREAM;
    }
}
