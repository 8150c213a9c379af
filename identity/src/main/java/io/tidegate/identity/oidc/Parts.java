package io.tidegate.identity.oidc;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Texts and numbers one after the other: how a login and a session are written before they are sealed.
final class Parts {

    private static final byte OPAQUE = 0;
    private static final byte JWT = 1;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final byte form;
    private final List<byte[]> parts = new ArrayList<>();

    private Parts(byte form) {
        this.form = form;
    }

    /// Nothing yet, in this form: gateways of different versions may read what others wrote.
    static Parts of(byte form) {
        return new Parts(form);
    }

    Parts text(String text) {
        parts.add(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /// A token. A JWT is three texts in Base64, which are kept decoded: a quarter shorter.
    Parts token(String token) {
        String[] texts = token.split("\\.", -1);
        if (texts.length == 3) {
            List<byte[]> decoded = new ArrayList<>(3);
            for (String text : texts) {
                byte[] bytes = decoded(text);
                if (bytes != null) {
                    decoded.add(bytes);
                }
            }
            if (decoded.size() == 3) {
                parts.add(new byte[]{JWT});
                parts.addAll(decoded);
                return this;
            }
        }
        parts.add(new byte[]{OPAQUE});
        return text(token);
    }

    /// Null where it would not be the same when it is encoded again.
    private static byte @Nullable [] decoded(String text) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            return ENCODER.encodeToString(bytes).equals(text) ? bytes : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    Parts number(long number) {
        parts.add(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
        return this;
    }

    byte[] bytes() {
        int size = 1;
        for (byte[] part : parts) {
            size += Integer.BYTES + part.length;
        }
        ByteBuffer out = ByteBuffer.allocate(size).put(form);
        parts.forEach(part -> out.putInt(part.length).put(part));
        return out.array();
    }

    /// Reads them back in their order.
    static final class Reader {

        private final ByteBuffer in;

        /// @throws IllegalArgumentException
        ///             for another form
        Reader(byte[] bytes, byte form) {
            in = ByteBuffer.wrap(bytes);
            if (bytes.length == 0 || in.get() != form) {
                throw new IllegalArgumentException("another form");
            }
        }

        /// @throws IllegalArgumentException
        ///             where there is none
        String text() {
            return StandardCharsets.UTF_8.decode(next()).toString();
        }

        /// @throws IllegalArgumentException
        ///             where there is none
        String token() {
            ByteBuffer kind = next();
            if (kind.remaining() != 1) {
                throw new IllegalArgumentException("no token");
            }
            return kind.get() == JWT ? encoded() + '.' + encoded() + '.' + encoded() : text();
        }

        private String encoded() {
            return StandardCharsets.ISO_8859_1.decode(ENCODER.encode(next())).toString();
        }

        /// @throws IllegalArgumentException
        ///             where there is none
        long number() {
            ByteBuffer part = next();
            if (part.remaining() != Long.BYTES) {
                throw new IllegalArgumentException("no number");
            }
            return part.getLong();
        }

        private ByteBuffer next() {
            try {
                int length = in.getInt();
                if (length < 0 || length > in.remaining()) {
                    throw new IllegalArgumentException("cut short");
                }
                ByteBuffer part = in.slice(in.position(), length);
                in.position(in.position() + length);
                return part;
            } catch (BufferUnderflowException e) {
                throw new IllegalArgumentException("cut short", e);
            }
        }
    }
}
