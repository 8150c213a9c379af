package io.tidegate.identity.internaltoken;

import io.tidegate.api.Background;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The keys that a set signs with, one after the other. The next one is published long before it signs, so that
/// services know it by then, and one that signs no more is published until all of its tokens have ended.
///
/// Asked for a signature, it sees whether the time of its key is over. The key after the next is made on a thread of its
/// own.
final class KeyRing {

    /// For clocks that differ.
    static final Duration GRACE = Duration.ofMinutes(1);

    private final InstantSource clock;
    private final Supplier<SigningKey> make;
    private final @Nullable Duration rotateEvery;
    private final List<SigningKey> retired = new ArrayList<>();
    private SigningKey current;
    private @Nullable SigningKey next;
    private Instant since;

    /// A ring whose only key never changes.
    static KeyRing fixed(SigningKey key, InstantSource clock) {
        return new KeyRing(() -> key, null, clock);
    }

    /// A ring that makes its keys itself.
    static KeyRing rotating(TokenAlgorithm algorithm, Duration rotateEvery, InstantSource clock) {
        return new KeyRing(() -> SigningKey.generate(algorithm), rotateEvery, clock);
    }

    private KeyRing(Supplier<SigningKey> make, @Nullable Duration rotateEvery, InstantSource clock) {
        this.make = make;
        this.rotateEvery = rotateEvery;
        this.clock = clock;
        this.current = make.get();
        this.next = rotateEvery == null ? null : make.get();
        this.since = clock.instant();
    }

    /// A token that ends then.
    ///
    /// @param end
    ///            its `exp`, in seconds
    /// @param background
    ///            where keys are made
    String sign(byte[] claims, long end, Background background) {
        return key(end, background).sign(claims);
    }

    private synchronized SigningKey key(long end, Background background) {
        SigningKey ready = next;
        if (rotateEvery != null && ready != null && !clock.instant().isBefore(since.plus(rotateEvery))) {
            prune();
            retired.add(current);
            current = ready;
            next = null;
            since = clock.instant();
            background.later(Duration.ZERO, this::makeNext);
        }
        current.willSignUntil(end);
        return current;
    }

    private void makeNext() {
        SigningKey made = make.get();
        synchronized (this) {
            if (next == null) {
                next = made;
            }
        }
    }

    private void prune() {
        long now = clock.instant().minus(GRACE).getEpochSecond();
        retired.removeIf(key -> key.lastEnd() < now);
    }

    /// Adds what is published now.
    synchronized void publish(List<String> keys) {
        prune();
        keys.add(current.publicJson());
        if (next != null) {
            keys.add(next.publicJson());
        }
        retired.forEach(key -> keys.add(key.publicJson()));
    }

    /// The keys that have signed what may not have ended yet.
    synchronized List<SigningKey> outstanding() {
        prune();
        List<SigningKey> keys = new ArrayList<>(retired);
        if (current.lastEnd() > 0) {
            keys.add(current);
        }
        return keys;
    }
}
