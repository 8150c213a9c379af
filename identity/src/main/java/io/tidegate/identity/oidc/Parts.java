package io.tidegate.identity.oidc;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Texts and numbers one after the other: how a login and a session are written before they are sealed.
final class Parts {

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
