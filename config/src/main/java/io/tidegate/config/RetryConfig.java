package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Pattern;
import io.tidegate.api.Range;
import io.tidegate.api.Ratio;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What is sent to a service once more, and how often.
@Doc("What is sent to a service once more, and how often. Only requests that may safely be repeated: `GET`, `HEAD`, `OPTIONS`, `TRACE`, `PUT` and `DELETE`, those with an `Idempotency-Key`, calls of gRPC by their status, and what the service has not seen; with a body of at most 64 KiB, and nothing of which a response has begun.")
public record RetryConfig(
        @Doc("Most repeats after the first try; 0 for none.") @Default("1") @Range(min = 0, max = 10) int attempts,

        @Doc("What is tried again: failures, statuses of HTTP, and statuses of gRPC where they come without a message.") @Default("[connectFailure, reset]") Set<RetryCause> on,

        @Doc("Largest share of the repeats in the requests of the last ten seconds, on each event loop, to the upstream as a whole. Three a second are allowed beside it. What was not sent, or was lost with a kept connection, is not counted.") @Default("10%") Ratio budget,

        @Doc("How long to wait before a repeat.") @Default("{}") Backoff backoff,

        @Doc("Field that tells the service the number of the try, with repeats alone: 2, 3 and so on. One that a client sends is removed. Left out: it is not told.") @Nullable @Pattern(value = NAME, expected = "the name of a header field such as X-Attempt") String attemptHeader) {

    /// The grammar of the name of a field (RFC 9110 §5.1).
    static final String NAME = "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}";

    /// What it lists, as users write it: `connectFailure, reset`.
    public String words() {
        return on.stream().map(Shapes::word).collect(Collectors.joining(", "));
    }

    /// How long to wait before a repeat.
    @Doc("How long to wait before a repeat: by chance between nothing and `base`, which doubles with each repeat up to `max`. The first repeat of what failed without an answer goes out at once, where there is another endpoint or the connection had served before.")
    public record Backoff(
            @Doc("Longest wait before the first repeat.") @Default("25ms") Duration base,

            @Doc("Longest wait before any. A service that asks for more by `Retry-After` is not asked again.") @Default("250ms") Duration max) {
    }
}
