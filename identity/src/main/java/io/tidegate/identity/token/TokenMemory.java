package io.tidegate.identity.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.tidegate.identity.Digest;
import io.tidegate.identity.keys.IssuerKeys;
import io.tidegate.identity.keys.KeySet;
import io.tidegate.identity.keys.VerificationKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What came of tokens that were good, found again by the token's text. Bounded; safe for many threads; never blocks.
///
/// Something is forgotten when its token expires and when its key is none of the issuer's any more. Where the keys
/// themselves are too old nothing is found.
///
/// @param <T>
///            what is kept of a token; it must not change
public final class TokenMemory<T> {

    private record Entry<T>(T value, VerificationKey key, long goodUntil) {
    }

    private final IssuerKeys keys;
    private final Cache<Digest, Entry<T>> entries;

    /// A memory of at most this many tokens.
    public TokenMemory(IssuerKeys keys, int most, InstantSource clock) {
        this.keys = keys;
        this.entries = Caffeine.newBuilder().maximumSize(most).executor(Runnable::run)
                .ticker(() -> clock.millis() * 1_000_000)
                .expireAfter(Expiry.<Digest, Entry<T>>creating((_, entry) -> Duration
                        .ofMillis(Math.max(1, entry.goodUntil - clock.millis()))))
                .build();
    }

    /// What is kept of the token that stands in a text from this place on, or null.
    public @Nullable T find(String text, int from) {
        Digest digest = Digest.ofToken(text, from);
        Entry<T> entry = digest == null ? null : entries.getIfPresent(digest);
        if (entry == null) {
            return null;
        }
        KeySet current = keys.current();
        if (current == null) {
            return null;
        }
        if (current.holds(entry.key)) {
            return entry.value;
        }
        entries.invalidate(Objects.requireNonNull(digest));
        return null;
    }

    /// Keeps something of a token.
    ///
    /// @param text
    ///            the whole token
    /// @param leeway
    ///            for how long it is good beyond its own end
    public void keep(String text, VerifiedToken token, Duration leeway, T value) {
        Digest digest = Digest.ofToken(text, 0);
        if (digest != null) {
            entries.put(digest, new Entry<>(value, token.key(), (token.expires() + leeway.toSeconds()) * 1000));
        }
    }

    /// How many tokens are kept, about.
    public long size() {
        return entries.estimatedSize();
    }
}
