package io.tidegate.engine.exchange;

import io.tidegate.config.RetryCause;
import io.tidegate.config.RetryConfig;
import java.util.BitSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What requests of a route to one of its upstreams are sent once more after, compiled.
final class Retry {

    private final int attempts;
    private final Set<RetryCause> on;
    private final BitSet statuses = new BitSet();
    private final BitSet calls = new BitSet();
    private final boolean answers;
    private final double share;
    private final long base;
    private final long max;
    private final @Nullable String attemptField;

    Retry(RetryConfig config) {
        attempts = config.attempts();
        on = config.on();
        for (RetryCause cause : on) {
            if (cause.isHttp()) {
                statuses.set(cause.least(), cause.most() + 1);
            } else if (cause.isGrpc()) {
                calls.set(cause.least());
            }
        }
        answers = attempts > 0 && !(statuses.isEmpty() && calls.isEmpty());
        share = config.budget().value();
        base = config.backoff().base().toNanos();
        max = config.backoff().max().toNanos();
        attemptField = config.attemptHeader();
    }

    /// Most repeats after the first try.
    int attempts() {
        return attempts;
    }

    boolean isOn(RetryCause cause) {
        return on.contains(cause);
    }

    /// Whether any answer is followed by another try.
    boolean looksAtAnswers() {
        return answers;
    }

    /// Whether calls of gRPC are repeated by their status.
    boolean looksAtCalls() {
        return attempts > 0 && !calls.isEmpty();
    }

    boolean isOnStatus(int status) {
        return statuses.get(status);
    }

    boolean isOnCall(int grpcStatus) {
        return calls.get(grpcStatus);
    }

    /// Most repeats for each request to the upstream.
    double share() {
        return share;
    }

    /// Longest wait before any repeat, in nanoseconds.
    long longestWait() {
        return max;
    }

    /// How long to wait before a repeat, in nanoseconds: by chance up to a bound that doubles with each.
    ///
    /// @param repeat
    ///            its number, from 1
    long wait(int repeat, RandomGenerator random) {
        long bound = Math.min(max, base << Math.min(repeat - 1, 20));
        return bound == 0 ? 0 : random.nextLong(bound + 1);
    }

    /// Field that tells the service the number of the try; null for none.
    @Nullable
    String attemptField() {
        return attemptField;
    }
}
