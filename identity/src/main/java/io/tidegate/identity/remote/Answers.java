package io.tidegate.identity.remote;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.tidegate.identity.Digest;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a server has answered, for as long as that is good; and the calls under way. Of those who want to know the same
/// at the same time one asks, and the others wait for what it is told. How much is kept and how many wait is bounded.
///
/// @param <V>
///            what is answered; immutable
public final class Answers<V> implements AutoCloseable {

    private final Cache<Digest, Answer<V>> kept;
    private final ConcurrentHashMap<Digest, CompletableFuture<V>> calls = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final int mostWaiting;
    private final Duration longest;

    /// An answer.
    ///
    /// @param value
    ///            what was answered
    /// @param life
    ///            for how long it is good; zero for what is not kept
    public record Answer<V>(V value, Duration life) {
    }

    /// Nothing is known yet.
    ///
    /// @param mostKept
    ///            most answers kept
    /// @param mostWaiting
    ///            most that wait for calls, those that make them included
    /// @param longest
    ///            longest wait, whatever the call does
    /// @param clock
    ///            what answers are kept by
    public Answers(int mostKept, int mostWaiting, Duration longest, InstantSource clock) {
        this.mostWaiting = mostWaiting;
        this.longest = longest;
        this.kept = Caffeine.newBuilder().maximumSize(mostKept).executor(Runnable::run)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .expireAfter(Expiry.<Digest, Answer<V>>creating((_, answer) -> answer.life())).build();
    }

    /// What is known, or null.
    public @Nullable V known(Digest key) {
        Answer<V> answer = kept.getIfPresent(key);
        return answer == null ? null : answer.value();
    }

    /// What is known, or else is answered to a call: the one that is under way, or `call`.
    ///
    /// @param call
    ///            asks; never blocks
    /// @return fails as the call does, with an [IOException] where it takes too long, or too many wait already
    public CompletionStage<V> ask(Digest key, Supplier<? extends CompletionStage<Answer<V>>> call) {
        if (waiting.incrementAndGet() > mostWaiting) {
            waiting.decrementAndGet();
            return CompletableFuture.failedFuture(new IOException("more than " + mostWaiting + " would wait"));
        }
        CompletableFuture<V> own = new CompletableFuture<>();
        CompletableFuture<V> running = calls.putIfAbsent(key, own);
        CompletableFuture<V> result = running == null ? own : running;
        result.whenComplete((_, _) -> waiting.decrementAndGet());
        if (running == null) {
            begin(key, own, call);
        }
        return result;
    }

    private void begin(Digest key, CompletableFuture<V> own, Supplier<? extends CompletionStage<Answer<V>>> call) {
        // A call that ended between the look at what is kept and now has left its answer.
        V known = known(key);
        if (known != null) {
            calls.remove(key, own);
            own.complete(known);
            return;
        }
        CompletableFuture<Answer<V>> asked;
        try {
            asked = call.get().toCompletableFuture().copy();
        } catch (RuntimeException | Error e) {
            // Whatever it is, others wait for it.
            calls.remove(key, own);
            own.completeExceptionally(e);
            return;
        }
        asked.orTimeout(longest.toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((answer, error) -> {
                    if (error == null && answer.life().isPositive()) {
                        kept.put(key, answer);
                    }
                    calls.remove(key, own);
                    if (error == null) {
                        own.complete(answer.value());
                    } else {
                        own.completeExceptionally(error);
                    }
                });
    }

    /// Forgets an answer, where it is still this one.
    public void forget(Digest key, V value) {
        kept.asMap().computeIfPresent(key, (_, answer) -> answer.value().equals(value) ? null : answer);
    }

    /// About how many answers are kept.
    public long size() {
        return kept.estimatedSize();
    }

    /// How many wait.
    public int waiting() {
        return waiting.get();
    }

    /// Forgets everything.
    @Override
    public void close() {
        kept.invalidateAll();
    }
}
