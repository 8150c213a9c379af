package io.tidegate.engine.tls;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.tidegate.config.pem.TlsFiles;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/// The keys of this process for session tickets: made at random, replaced every [#PERIOD_NANOS], and kept for as long
/// as tickets of theirs may come back.
final class TicketKeys {

    /// How long a key encrypts, in nanoseconds.
    static final long PERIOD_NANOS = 12L * 60 * 60 * 1_000_000_000;

    private static final int KEPT = 3;
    private static final int PART = TlsFiles.TICKET_KEY / 3;

    private final SecureRandom random = new SecureRandom();
    private final Deque<byte[]> keys = new ArrayDeque<>();
    private long since;

    TicketKeys(long now) {
        turn(now);
    }

    /// Replaces the key that encrypts, where it is time.
    ///
    /// @param now
    ///            in nanoseconds
    /// @return whether there is a new one
    boolean rotate(long now) {
        if (now - since < PERIOD_NANOS) {
            return false;
        }
        turn(now);
        return true;
    }

    private void turn(long now) {
        byte[] key = new byte[TlsFiles.TICKET_KEY];
        random.nextBytes(key);
        keys.addFirst(key);
        if (keys.size() > KEPT) {
            keys.removeLast();
        }
        since = now;
    }

    /// The first encrypts, all decrypt.
    List<byte[]> current() {
        return new ArrayList<>(keys);
    }

    static OpenSslSessionTicketKey[] forOpenSsl(List<byte[]> keys) {
        return keys.stream().map(key -> new OpenSslSessionTicketKey(Arrays.copyOfRange(key, 0, PART),
                Arrays.copyOfRange(key, PART, 2 * PART), Arrays.copyOfRange(key, 2 * PART, 3 * PART)))
                .toArray(OpenSslSessionTicketKey[]::new);
    }
}
