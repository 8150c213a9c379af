package io.tidegate.acme;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How attempts to get a certificate have failed since the last one that did not. Kept in the store, so that neither a
/// restart nor another gateway begins anew.
///
/// @param count
///            attempts that failed in a row
/// @param at
///            when the last one did
/// @param retryAfter
///            before when the authority wants to hear of nobody; null where it said nothing of it
/// @param kind
///            the same for the same reason
/// @param message
///            the reason, in words
record Failure(int count, Instant at, @Nullable Instant retryAfter, String kind, String message) {

    private static final Duration FIRST = Duration.ofMinutes(5);
    private static final Duration LONGEST = Duration.ofHours(6);
    private static final int MOST_DOUBLINGS = 10;

    /// What is known after one more.
    static Failure after(@Nullable Failure before, Instant now, IssueException failed) {
        return new Failure(before == null ? 1 : before.count() + 1, now, failed.retryAfter(), failed.kind(),
                String.valueOf(failed.getMessage()));
    }

    /// When the next attempt is due: after 5, 10, 20 and so on minutes, at most 6 hours, and not before the authority
    /// wants it.
    Instant next() {
        Duration wait = FIRST.multipliedBy(1L << Math.min(count - 1, MOST_DOUBLINGS));
        Instant due = at.plus(wait.compareTo(LONGEST) > 0 ? LONGEST : wait);
        return retryAfter != null && retryAfter.isAfter(due) ? retryAfter : due;
    }

    /// When the first attempt of a process is due. Whoever starts one anew has put something right, so it need not wait
    /// for hours; but one that ends again and again must not ask all the time.
    Instant nextAfterStart() {
        Instant soon = at.plus(FIRST);
        Instant due = soon.isBefore(next()) ? soon : next();
        return retryAfter != null && retryAfter.isAfter(due) ? retryAfter : due;
    }
}
