package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Pattern;
import io.tidegate.api.Range;
import io.tidegate.api.Ratio;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a route says of repeats: each key stands in place of its upstream's.
@Doc("What is sent once more on this route. Each key stands in place of the upstream's.")
public record RouteRetryConfig(
        @Doc("Instead of the upstream's `attempts`.") @Nullable @Range(min = 0, max = 10) Integer attempts,

        @Doc("Instead of the upstream's `on`, as a whole.") @Nullable Set<RetryCause> on,

        @Doc("Instead of the upstream's `budget`. What is counted is still all that goes to the upstream.") @Nullable Ratio budget,

        @Doc("Instead of the upstream's `backoff`, as a whole.") RetryConfig.@Nullable Backoff backoff,

        @Doc("Instead of the upstream's `attemptHeader`.") @Nullable @Pattern(value = RetryConfig.NAME, expected = "the name of a header field such as X-Attempt") String attemptHeader) {

    /// What applies on the route to requests for an upstream.
    public RetryConfig over(RetryConfig upstream) {
        return new RetryConfig(attempts == null ? upstream.attempts() : attempts, on == null ? upstream.on() : on,
                budget == null ? upstream.budget() : budget, backoff == null ? upstream.backoff() : backoff,
                attemptHeader == null ? upstream.attemptHeader() : attemptHeader);
    }
}
