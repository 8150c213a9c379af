package io.tidegate.identity.basicauth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tidegate.api.Background;
import io.tidegate.identity.Digest;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What is known of passwords that were shown lately: those that were right, those that are being checked, and how many
/// were wrong. Outlives reloads; a password that was changed is not found again, since its hash belongs to its [Digest].
final class Checks implements AutoCloseable {

    private static final int MOST_REMEMBERED = 10_000;
    private static final int MOST_FAILURES = 50_000;

    private final Gate gate;
    private final Background background;
    private final InstantSource clock;
    private final @Nullable Cache<Digest, Boolean> right;
    private final Cache<Digest, Failures> wrong;
    private final ConcurrentMap<Digest, CompletableFuture<Boolean>> running = new ConcurrentHashMap<>();
    private final int mostFailures;
    private final long windowMillis;

    /// Tries that were not right so far.
    private record Failures(long until, AtomicInteger count) {
    }

    Checks(BasicAuthConfig config, Gate gate, Background background, InstantSource clock) {
        this.gate = gate;
        this.background = background;
        this.clock = clock;
        this.right = config.rememberFor().isZero()
                ? null
                : Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).expireAfterWrite(config.rememberFor())
                        .ticker(this::nanos).executor(Runnable::run).build();
        this.wrong = Caffeine.newBuilder().maximumSize(MOST_FAILURES).expireAfterWrite(config.failureWindow())
                .ticker(this::nanos).executor(Runnable::run).build();
        this.mostFailures = config.failures();
        this.windowMillis = config.failureWindow().toMillis();
    }

    private long nanos() {
        return TimeUnit.MILLISECONDS.toNanos(clock.millis());
    }

    /// Whether this was right a while ago.
    boolean remembers(Digest password) {
        return right != null && right.getIfPresent(password) != null;
    }

    /// A check of the same password that is under way, or null.
    @Nullable
    CompletableFuture<Boolean> underWay(Digest password) {
        return running.get(password);
    }

    /// Counts a try, and says how long to wait before another, in seconds; 0 for not at all. It counts as wrong until
    /// it has turned out to be right, so that many at once don't pass.
    long begin(Digest caller) {
        if (mostFailures == 0) {
            return 0;
        }
        long now = clock.millis();
        Failures failures = wrong.get(caller, _ -> new Failures(now + windowMillis, new AtomicInteger()));
        if (failures.count().get() >= mostFailures || failures.count().incrementAndGet() > mostFailures) {
            return Math.clamp((failures.until() - now + 999) / 1000, 1, TimeUnit.MILLISECONDS.toSeconds(windowMillis));
        }
        return 0;
    }

    /// A try came to nothing, neither right nor wrong.
    void forget(Digest caller) {
        Failures failures = wrong.getIfPresent(caller);
        if (failures != null) {
            failures.count().decrementAndGet();
        }
    }

    /// Checks a password; null where too many are being checked.
    ///
    /// @param network
    ///            where the caller is
    /// @param known
    ///            whether there is such a user: whatever the hash says, it is not right without
    @Nullable
    CompletableFuture<Boolean> check(Digest password, Digest caller, String network, PasswordHash hash, byte[] shown,
            boolean known) {
        CompletableFuture<Boolean> done = gate.run(background, network, () -> hash.matches(shown) && known);
        if (done == null) {
            return null;
        }
        CompletableFuture<Boolean> told = done.whenComplete((correct, failure) -> {
            if (failure != null) {
                forget(caller);
            } else if (correct) {
                wrong.invalidate(caller);
                if (right != null) {
                    right.put(password, true);
                }
            }
        });
        running.put(password, told);
        told.whenComplete((_, _) -> running.remove(password, told));
        return told;
    }

    /// Forgets everything.
    @Override
    public void close() {
        wrong.invalidateAll();
        if (right != null) {
            right.invalidateAll();
        }
    }
}
