package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import io.tidegate.api.Shorthand;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How many requests may run at a service at a time.
@Doc("How many requests may run at a service at a time, over all its endpoints. Short form: `adaptive`, `unlimited`, or a number.")
public record ConcurrencyConfig(
        @Doc("Who says how many.") @Default("adaptive") Kind kind,

        @Doc("The number, for `fixed`.") @Nullable @Range(min = 1, max = 1000000) Integer limit,

        @Doc("The least that `adaptive` comes down to.") @Default("3") @Range(min = 1, max = 1000000) int min,

        @Doc("Where `adaptive` begins, and comes back to.") @Default("10000") @Range(min = 1, max = 1000000) int max,

        @Doc("How long a request waits for its turn where as many run as may; then 503.") @Default("100ms") Duration maxWait,

        @Doc("Most requests that wait; those beyond are answered 503 at once, the least critical first.") @Default("1000") @Range(min = 0, max = 1000000) int maxWaiting) {

    /// Who says how many.
    public enum Kind {
        @Doc("The gateway: it comes down from `max` while answers take much longer than they use to, and goes back up.")
        ADAPTIVE, @Doc("`limit`.")
        FIXED, @Doc("Nobody.")
        UNLIMITED
    }

    /// So many.
    @Shorthand
    public static ConcurrencyConfig of(int limit) {
        if (limit < 1 || limit > 1_000_000) {
            throw new IllegalArgumentException("must be 1 to 1000000 (was " + limit + ")");
        }
        return made(Kind.FIXED, limit);
    }

    /// One of the words.
    @Shorthand
    public static ConcurrencyConfig of(String word) {
        return switch (word) {
            case "adaptive", "unlimited" -> made(Kind.valueOf(word.toUpperCase(Locale.ROOT)), null);
            default -> throw new IllegalArgumentException(
                    "must be adaptive, unlimited or a number (was '" + word + "')");
        };
    }

    private static ConcurrencyConfig made(Kind kind, @Nullable Integer limit) {
        return new ConcurrencyConfig(kind, limit, 3, 10_000, Duration.ofMillis(100), 1000);
    }
}
