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
import org.jspecify.annotations.Nullable;

/// What came of tokens that were good, found again by the token's text. Bounded; safe for many threads; never blocks.
///
/// Something is forgotten when its token expires and when its key is none of the issuer's any more. Where the keys
/// themselves are too old nothing is found.
///
/// Tokens are known by their digests. A few that were found lately are known by their whole texts too: the same clients
/// call again and again, and to compare costs a tenth of what it costs to hash. They are compared only where the ends of
/// their signatures are the same, so the time tells nobody anything who does not have the token already.
///
/// @param <T>
///            what is kept of a token; it must not change
public final class TokenMemory<T> {

    private static final int LATELY = 256;
    /// Characters at the end of a token that it is looked for by: more than chance can hit.
    private static final int END = 16;
    /// Of the hash FNV-1a.
    private static final long PRIME = 0x100000001b3L;

    private final IssuerKeys keys;
    private final InstantSource clock;
    private final Cache<Digest, Entry<T>> entries;
    /// By the ends of the tokens. Loops read and write it without a word to each other, as what they find in it never
    /// changes.
    private final @Nullable Object[] lately = new Object[LATELY];

    /// What came of a token, and until when that is good, in milliseconds since 1970.
    private record Entry<T>(T value, VerificationKey key, long goodUntil) {
    }

    private record Lately<T>(long end, String token, Entry<T> entry) {

        boolean is(long sought, String text, int from) {
            return end == sought && token.length() == text.length() - from
                    && text.regionMatches(from, token, 0, token.length());
        }
    }

    /// A memory of at most this many tokens.
    public TokenMemory(IssuerKeys keys, int most, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
        this.entries = Caffeine.newBuilder().maximumSize(most).executor(Runnable::run)
                .ticker(() -> clock.millis() * 1_000_000)
                .expireAfter(Expiry.<Digest, Entry<T>>creating((_, entry) -> Duration
                        .ofMillis(Math.max(1, entry.goodUntil - clock.millis()))))
                .build();
    }

    /// What is kept of the token that stands in a text from this place on, or null.
    public @Nullable T find(String text, int from) {
        KeySet current = keys.current();
        if (current == null) {
            return null;
        }
        long end = end(text, from);
        Lately<T> known = lately(end);
        if (known != null && known.is(end, text, from) && known.entry.goodUntil > clock.millis()
                && current.holds(known.entry.key)) {
            return known.entry.value;
        }
        return remembered(text, from, end, current);
    }

    private @Nullable T remembered(String text, int from, long end, KeySet current) {
        Digest digest = Digest.ofToken(text, from);
        Entry<T> entry = digest == null ? null : entries.getIfPresent(digest);
        if (digest == null || entry == null) {
            return null;
        }
        if (!current.holds(entry.key)) {
            entries.invalidate(digest);
            return null;
        }
        lately[(int) end & (LATELY - 1)] = new Lately<>(end, text.substring(from), entry);
        return entry.value;
    }

    @SuppressWarnings("unchecked") // nothing else is put there
    private @Nullable Lately<T> lately(long end) {
        return (Lately<T>) lately[(int) end & (LATELY - 1)];
    }

    private static long end(String text, int from) {
        long hash = PRIME;
        for (int i = Math.max(from, text.length() - END); i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        // The lower bits choose the place, and depend on few of the last characters alone.
        return hash ^ (hash >>> 32);
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
