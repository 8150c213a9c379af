package io.tidegate.identity.oidc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Keeps a session whose tokens can't be got anew from asking the provider with each of its requests: after a failure
/// it does not ask for a second, and after each further one for twice as long, up to eight seconds. Each session for
/// itself: what ails one need not ail the others.
final class BackOff implements Function<Session, CompletionStage<Renewal>> {

    private static final long LEAST_MILLIS = 1000;
    private static final long MOST_MILLIS = 8000;
    /// Sessions that are remembered to have failed.
    private static final int MOST = 10_000;

    private final Function<Session, CompletionStage<Renewal>> provider;
    private final InstantSource clock;
    private final Cache<String, Pause> pauses;

    /// A time in which a session does not ask.
    ///
    /// @param millis
    ///            its length
    /// @param end
    ///            when it is over, in milliseconds since 1970
    private record Pause(long millis, long end) {

        /// Whether it lasts. One that ends later than it can has seen the clock put back.
        boolean lasts(long now) {
            return now < end && end - now <= millis;
        }

        static Pause behind(@Nullable Pause before, long now) {
            long next = before == null ? LEAST_MILLIS : Math.min(2 * before.millis, MOST_MILLIS);
            return new Pause(next, now + next);
        }
    }

    /// @param provider
    ///            asks for new tokens; never fails otherwise than by what it says
    BackOff(Function<Session, CompletionStage<Renewal>> provider, InstantSource clock) {
        this.provider = provider;
        this.clock = clock;
        this.pauses = Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run)
                .ticker(() -> clock.millis() * 1_000_000).expireAfterWrite(Duration.ofMillis(2 * MOST_MILLIS)).build();
    }

    /// New tokens for a session.
    @Override
    public CompletionStage<Renewal> apply(Session session) {
        Pause before = pauses.getIfPresent(session.id());
        if (before != null && before.lasts(clock.millis())) {
            return CompletableFuture.completedFuture(Renewal.Failed.UNAVAILABLE);
        }
        return provider.apply(session).thenApply(renewal -> {
            if (renewal == Renewal.Failed.UNAVAILABLE) {
                pauses.put(session.id(), Pause.behind(before, clock.millis()));
            } else {
                pauses.invalidate(session.id());
            }
            return renewal;
        });
    }
}
