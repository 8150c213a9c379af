package io.tidegate.identity;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// What secrets are kept under in place of themselves: SHA-256 of a value that this process has drawn, and of them. So
/// nobody outside knows what falls on what, and whoever reads the memory of the process can't try passwords on it
/// without that value. Looking one up takes a time that does not depend on how much of a secret was right.
///
/// @param first
///            the first eight bytes
/// @param second
///            the next eight
/// @param third
///            the next eight
/// @param fourth
///            the last eight
public record Digest(long first, long second, long third, long fourth) implements Comparable<Digest> {

    /// Most characters of a token that has one.
    private static final int MOST = 16_384;

    private static final int BYTES = 32;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] DRAWN = drawn();
    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private static byte[] drawn() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    /// What a thread computes with.
    private static final class Scratch {

        private final MessageDigest sha256 = Sha256.begin();
        private final byte[] out = new byte[BYTES];
    }

    /// The digest of one text.
    public static Digest of(String text) {
        return new Builder().add(text).build();
    }

    /// The digest of a token that stands in a text from a place on, another one than [#of] gives; null where the text
    /// is no ASCII or the token has more than 16,384 characters. For event loops: each thread that asks keeps what it
    /// computes with.
    ///
    /// @param from
    ///            place of the first character
    public static @Nullable Digest ofToken(String text, int from) {
        int length = text.length() - from;
        if (length > MOST) {
            return null;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length != text.length()) {
            return null;
        }
        Scratch scratch = SCRATCH.get();
        scratch.sha256.update(DRAWN);
        scratch.sha256.update(bytes, from, length);
        try {
            scratch.sha256.digest(scratch.out, 0, BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("32 bytes are enough for SHA-256", e);
        }
        return read(scratch.out);
    }

    private static Digest read(byte[] bytes) {
        return new Digest((long) LONGS.get(bytes, 0), (long) LONGS.get(bytes, 8), (long) LONGS.get(bytes, 16),
                (long) LONGS.get(bytes, 24));
    }

    /// Several texts, one behind the other, that can't run into each other.
    public static final class Builder {

        private final MessageDigest digest = Sha256.begin();

        /// Nothing yet.
        public Builder() {
            digest.update(DRAWN);
        }

        /// One more; null, which is another than the empty one, where there is none.
        public Builder add(@Nullable String text) {
            if (text == null) {
                digest.update(ByteBuffer.allocate(4).putInt(0, -1));
                return this;
            }
            return add(text.getBytes(StandardCharsets.UTF_8));
        }

        /// One more.
        public Builder add(byte[] bytes) {
            digest.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
            digest.update(bytes);
            return this;
        }

        /// The digest of them all.
        public Digest build() {
            return read(digest.digest());
        }
    }

    @Override
    public int hashCode() {
        return Long.hashCode(first);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Digest(long a, long b, long c, long d)
                && ((first ^ a) | (second ^ b) | (third ^ c) | (fourth ^ d)) == 0;
    }

    @Override
    public int compareTo(Digest other) {
        int order = Long.compare(first, other.first);
        order = order == 0 ? Long.compare(second, other.second) : order;
        order = order == 0 ? Long.compare(third, other.third) : order;
        return order == 0 ? Long.compare(fourth, other.fourth) : order;
    }

    /// Says nothing.
    @Override
    public String toString() {
        return "Digest";
    }
}
