package io.tidegate.identity.exchange;

import io.tidegate.api.Background;
import io.tidegate.identity.Digest;
import io.tidegate.identity.remote.Answers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The gateway's own token, kept over reloads. Once one was asked for it is replaced by itself before it ends, for as
/// long as somebody uses it.
final class OwnToken implements AutoCloseable {

    private static final Digest KEY = Digest.of("own");

    /// How soon one is asked for again that was not got.
    private static final Duration AGAIN = Duration.ofSeconds(2);

    /// What is good for no longer is not replaced ahead of its end.
    private static final Duration SHORT = Duration.ofMillis(100);

    private final Supplier<? extends CompletionStage<Answers.Answer<ServiceToken>>> ask;
    private final Answers<ServiceToken> calls;
    private final Background background;
    private final InstantSource clock;
    private volatile @Nullable ServiceToken current;
    private volatile boolean used;
    private Background.@Nullable Task next;
    private boolean closed;

    OwnToken(Supplier<? extends CompletionStage<Answers.Answer<ServiceToken>>> ask, Answers<ServiceToken> calls,
            Background background, InstantSource clock) {
        this.ask = ask;
        this.calls = calls;
        this.background = background;
        this.clock = clock;
    }

    /// The token, where there is one that is good for a while.
    @Nullable
    ServiceToken known() {
        ServiceToken token = current;
        if (token == null || token.expires() <= clock.millis()) {
            return null;
        }
        if (!used) {
            used = true;
        }
        return token;
    }

    /// The token, or a new one; of those who ask at the same time one calls.
    CompletionStage<ServiceToken> renew() {
        used = true;
        return calls.ask(KEY, () -> {
            // Got by a call that ended a moment ago.
            ServiceToken there = known();
            return there == null ? asked() : CompletableFuture.completedFuture(unkept(there));
        });
    }

    private CompletionStage<Answers.Answer<ServiceToken>> asked() {
        return ask.get().thenApply(answer -> {
            current = answer.value();
            schedule(answer.life());
            return unkept(answer.value());
        });
    }

    /// It is kept here, not there.
    private static Answers.Answer<ServiceToken> unkept(ServiceToken token) {
        return new Answers.Answer<>(token, Duration.ZERO);
    }

    /// A service does not take this one.
    void refused(ServiceToken token) {
        if (token.equals(current)) {
            current = null;
        }
    }

    private synchronized void schedule(Duration life) {
        if (next != null) {
            next.cancel();
            next = null;
        }
        if (!closed && life.compareTo(SHORT) > 0) {
            // A little before its time, so that no request finds none.
            next = background.later(life.minus(life.dividedBy(20)), this::replace);
        }
    }

    private void replace() {
        if (!used) {
            return; // whoever needs it next asks for it
        }
        used = false;
        calls.ask(KEY, this::asked).whenComplete((_, error) -> {
            ServiceToken old = current;
            if (error != null && old != null && old.expires() > clock.millis()) {
                used = true;
                schedule(AGAIN);
            }
        });
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (next != null) {
            next.cancel();
        }
    }
}
