package io.tidegate.identity.signature;

import io.tidegate.api.StateStore;
import io.tidegate.identity.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Remembers signatures that must not be seen again: by their nonce, and without one by what was signed, since the same
/// can be signed in several ways.
final class Replays {

    private static final byte[] SEEN = {1};

    private final StateStore store;

    Replays(StateStore store) {
        this.store = store;
    }

    /// Whether this is seen for the first time; from here on it has been.
    ///
    /// @param life
    ///            how long the signature could be used again
    CompletionStage<Boolean> isFirst(MessageSignature signature, byte[] base, Duration life) {
        return store.putIfAbsent(place(signature.keyId(), signature.nonce(), base), SEEN, life)
                .thenApply(there -> there.isEmpty());
    }

    private static String place(String keyId, @Nullable String nonce, byte[] base) {
        MessageDigest digest = Sha256.begin();
        byte[] id = keyId.getBytes(StandardCharsets.US_ASCII);
        digest.update((byte) id.length);
        digest.update(id);
        digest.update((byte) (nonce == null ? 0 : 1));
        digest.update(nonce == null ? base : nonce.getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(digest.digest());
    }
}
