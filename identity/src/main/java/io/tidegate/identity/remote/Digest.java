package io.tidegate.identity.remote;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// What secrets are kept under in place of themselves: SHA-256 of them and of a value that this process has drawn, so
/// that nobody outside knows what falls on what.
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

    private static final byte[] DRAWN = drawn();

    private static byte[] drawn() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    /// The digest of one text.
    public static Digest of(String text) {
        return new Builder().add(text).build();
    }

    /// Several texts, one behind the other, that can't run into each other.
    public static final class Builder {

        private final MessageDigest digest;

        /// Nothing yet.
        public Builder() {
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
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
            ByteBuffer out = ByteBuffer.wrap(digest.digest());
            return new Digest(out.getLong(), out.getLong(), out.getLong(), out.getLong());
        }
    }

    @Override
    public int hashCode() {
        return Long.hashCode(first);
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
