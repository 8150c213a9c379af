package io.tidegate.identity.oidc;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/// Keeps sessions whose tokens are due from asking a provider that is out of order with each of their requests: nobody
/// asks for a second after it has failed, then one does, and where that fails too, nobody for twice as long, up to
/// eight seconds.
final class BackOff implements Function<Session, CompletionStage<Renewal>> {

    private static final long LEAST_MILLIS = 1000;
    private static final long MOST_MILLIS = 8000;
    private static final Pause NONE = new Pause(0, 0);

    private final Function<Session, CompletionStage<Renewal>> provider;
    private final InstantSource clock;
    private final AtomicReference<Pause> pause = new AtomicReference<>(NONE);

    /// A time in which nobody asks.
    ///
    /// @param millis
    ///            its length; 0 while the provider answers
    /// @param end
    ///            when it is over, in milliseconds since 1970
    private record Pause(long millis, long end) {

        /// Whether it lasts. One that ends later than it can has seen the clock put back.
        boolean lasts(long now) {
            return now < end && end - now <= millis;
        }

        Pause longer(long now) {
            long next = Math.clamp(2 * millis, LEAST_MILLIS, MOST_MILLIS);
            return new Pause(next, now + next);
        }

        Pause again(long now) {
            return millis == 0 ? longer(now) : new Pause(millis, now + millis);
        }
    }

    /// @param provider
    ///            asks for new tokens; never fails otherwise than by what it says
    BackOff(Function<Session, CompletionStage<Renewal>> provider, InstantSource clock) {
        this.provider = provider;
        this.clock = clock;
    }

    /// New tokens for a session.
    @Override
    public CompletionStage<Renewal> apply(Session session) {
        long now = clock.millis();
        Pause before = pause.get();
        Pause mine = before.millis == 0 ? before : before.longer(now);
        // Whoever asks first after a pause has begun the next one for the others.
        if (before.lasts(now) || (before.millis != 0 && !pause.compareAndSet(before, mine))) {
            return CompletableFuture.completedFuture(Renewal.Failed.UNAVAILABLE);
        }
        return provider.apply(session).thenApply(renewal -> {
            if (renewal == Renewal.Failed.UNAVAILABLE) {
                pause.compareAndSet(mine, mine.again(clock.millis()));
            } else {
                pause.set(NONE);
            }
            return renewal;
        });
    }
}
