package io.tidegate.identity.keys;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import java.time.Duration;

/// How keys that are fetched are kept.
///
/// @param every
///            how often they are asked for; sooner where the server says so (`Cache-Control: max-age`)
/// @param unknownKeyEvery
///            how often a token whose key is not known may lead to their being asked for
/// @param staleFor
///            how old they may get where the server can't be asked
/// @param hold
///            longest time for which requests are held until the first keys are there
@Doc("How keys that are fetched are kept.")
public record KeyRefreshConfig(
        @Doc("How often they are asked for. Sooner where the server says so by `Cache-Control: max-age`.") @Default("5m") Duration every,

        @Doc("How often a token whose key is not known may lead to their being asked for.") @Default("30s") Duration unknownKeyEvery,

        @Doc("How old they may get where the server can't be asked. No token is accepted beyond that.") @Default("24h") Duration staleFor,

        @Doc("Longest time for which requests are held until the first keys are there. Then they are answered 503.") @Default("2s") Duration hold) {

    /// Refuses times that can't be meant.
    public KeyRefreshConfig {
        between("every", every, Duration.ofSeconds(1), Duration.ofDays(1));
        between("unknownKeyEvery", unknownKeyEvery, Duration.ofSeconds(1), Duration.ofHours(1));
        between("staleFor", staleFor, every, Duration.ofDays(30));
        between("hold", hold, Duration.ofMillis(1), Duration.ofSeconds(20));
    }

    /// What holds where nothing is configured.
    public static KeyRefreshConfig defaults() {
        return new KeyRefreshConfig(Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofHours(24),
                Duration.ofSeconds(2));
    }

    private static void between(String component, Duration time, Duration least, Duration most) {
        if (time.compareTo(least) < 0 || time.compareTo(most) > 0) {
            throw new ConfigException(component, "must be " + least.toMillis() + "ms to " + most.toMillis() + "ms (was "
                    + time.toMillis() + "ms)");
        }
    }
}
