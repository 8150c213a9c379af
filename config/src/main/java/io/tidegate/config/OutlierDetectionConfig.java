package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import io.tidegate.api.Ratio;
import io.tidegate.api.Shorthand;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// When an endpoint is left out because of what came of requests to it.
@Doc("When an endpoint is left out for a while because of what came of requests to it. `false` for never.")
public record OutlierDetectionConfig(
        @Doc("Whether any is.") @Default("true") boolean enabled,

        @Doc("So many errors in a row: no connection, a broken one, a time-out, an answer that is no HTTP or breaks off, the status 502, 503 or 504, or UNAVAILABLE of gRPC.") @Default("5") @Range(min = 1, max = 10000) int consecutiveErrors,

        @Doc("A share of errors that is higher than that of the other endpoints together by this much. Left out: not looked at.") @Nullable Ratio errorRate,

        @Doc("A mean time to the first byte so many times as long as that of the other endpoints together. Left out: not looked at.") @Nullable @Range(min = 2, max = 1000) Integer slowerBy,

        @Doc("How often `errorRate` and `slowerBy` are looked at, and over how long.") @Default("10s") Duration window,

        @Doc("Fewest requests within `window`, to the endpoint and to the others together, to judge by.") @Default("100") @Range(min = 1, max = 1000000) int minRequests,

        @Doc("How long an endpoint is left out the first time; the n-th time in a row n times as long.") @Default("10s") Duration ejectFor,

        @Doc("Longest time that an endpoint is left out.") @Default("5m") Duration maxEjectFor,

        @Doc("Most endpoints that are left out at a time; of two or more at least one. The only one never is.") @Default("50%") Ratio maxEjected) {

    /// Switches it off, or on with its defaults.
    @Shorthand
    public static OutlierDetectionConfig of(boolean enabled) {
        return new OutlierDetectionConfig(enabled, 5, null, null, Duration.ofSeconds(10), 100, Duration.ofSeconds(10),
                Duration.ofMinutes(5), new Ratio(0.5));
    }
}
