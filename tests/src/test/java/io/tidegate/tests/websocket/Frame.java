package io.tidegate.tests.websocket;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A frame of WebSocket (RFC 6455 §5.2).
///
/// @param opcode
///            see the constants
/// @param last
///            whether it is the last of its message
/// @param masked
///            whether its payload was masked on the wire
/// @param text
///            its payload, unmasked, as ISO-8859-1
record Frame(int opcode, boolean last, boolean masked, String text) {

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final byte[] MASK = {0x11, 0x22, 0x33, 0x44};

    static Frame text(String text) {
        return new Frame(TEXT, true, false, text);
    }

    static Frame close(int code) {
        return new Frame(CLOSE, true, false, "" + (char) (code >> 8) + (char) (code & 0xFF));
    }

    /// The code of a Close frame; -1 where it has none, or is none.
    int code() {
        return opcode == CLOSE && text.length() >= 2 ? text.charAt(0) << 8 | text.charAt(1) : -1;
    }

    /// Whether it says the same, masked or not.
    boolean says(Frame other) {
        return opcode == other.opcode && last == other.last && text.equals(other.text);
    }

    /// As it is on the wire.
    byte[] bytes(boolean mask) {
        byte[] payload = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(opcode | (last ? 0x80 : 0));
        int bit = mask ? 0x80 : 0;
        if (payload.length < 126) {
            out.write(payload.length | bit);
        } else if (payload.length < 65_536) {
            out.write(126 | bit);
            out.writeBytes(ByteBuffer.allocate(2).putShort((short) payload.length).array());
        } else {
            out.write(127 | bit);
            out.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
        }
        if (mask) {
            out.writeBytes(MASK);
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= MASK[i % 4];
            }
        }
        out.writeBytes(payload);
        return out.toByteArray();
    }

    /// Reads the next one; null where the stream ended instead.
    static @Nullable Frame read(InputStream in) {
        try {
            int first = in.read();
            if (first < 0) {
                return null;
            }
            int second = exactly(in, 1)[0] & 0xFF;
            long length = second & 0x7F;
            if (length == 126) {
                length = ByteBuffer.wrap(exactly(in, 2)).getShort() & 0xFFFF;
            } else if (length == 127) {
                length = ByteBuffer.wrap(exactly(in, 8)).getLong();
            }
            boolean masked = (second & 0x80) != 0;
            byte[] mask = masked ? exactly(in, 4) : new byte[4];
            byte[] payload = exactly(in, (int) length);
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= mask[i % 4];
            }
            return new Frame(first & 0x0F, (first & 0x80) != 0, masked,
                    new String(payload, StandardCharsets.ISO_8859_1));
        } catch (EOFException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }
}
