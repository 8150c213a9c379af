package io.tidegate.identity.token;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/// SHA-256 of credentials, to find again what came of them without keeping them: looking it up takes a time that does
/// not depend on how much of a secret was right.
///
/// @param a
///            its first 8 bytes; the others follow
public record TokenDigest(long a, long b, long c, long d) {

    private static final int MAX_LENGTH = 16_384;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    /// What a thread computes with.
    private static final class Scratch {

        private final MessageDigest sha256;
        private final byte[] bytes = new byte[MAX_LENGTH];
        private final byte[] digest = new byte[32];

        Scratch() {
            try {
                sha256 = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }
    }

    /// The digest of a text from a place on; null for one that is no ASCII or has more than 16,384 characters. For
    /// event loops: each thread that asks keeps what it computes with.
    ///
    /// @param from
    ///            place of the first character
    public static @Nullable TokenDigest of(String text, int from) {
        int length = text.length() - from;
        if (length > MAX_LENGTH) {
            return null;
        }
        Scratch scratch = SCRATCH.get();
        int all = 0;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(from + i);
            all |= c;
            scratch.bytes[i] = (byte) c;
        }
        if (all > 0x7f) {
            return null;
        }
        scratch.sha256.update(scratch.bytes, 0, length);
        try {
            scratch.sha256.digest(scratch.digest, 0, 32);
        } catch (DigestException e) {
            throw new IllegalStateException("32 bytes are enough for SHA-256", e);
        }
        byte[] digest = scratch.digest;
        return new TokenDigest((long) LONGS.get(digest, 0), (long) LONGS.get(digest, 8), (long) LONGS.get(digest, 16),
                (long) LONGS.get(digest, 24));
    }

    @Override
    public int hashCode() {
        return (int) a;
    }

    /// Tells nothing.
    @Override
    public String toString() {
        return "TokenDigest";
    }
}
