package io.tidegate.engine.tls;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Puts a client's first message together from the records it comes in, however many those are (RFC 8446 section 5.1).
final class ClientHelloReader {

    /// Longest message, in bytes.
    static final int LONGEST = 16 * 1024;

    /// Most bytes of records around it.
    static final int MOST_BYTES = 64 * 1024;

    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int RECORD_HEADER = 5;
    private static final int MESSAGE_HEADER = 4;
    private static final int LONGEST_RECORD = 16 * 1024;

    private byte[] message = new byte[512];
    private int length;
    private int consumed;
    private int leftInRecord;

    /// Reads what is new.
    ///
    /// @param received
    ///            everything that came so far; nothing is taken out of it
    /// @return the message, or null where more has to come
    @Nullable
    ClientHello read(ByteBuf received) throws RefusedHelloException {
        int end = received.writerIndex();
        int at = received.readerIndex() + consumed;
        while (at < end) {
            if (leftInRecord == 0) {
                // One byte tells already whether it is TLS: who speaks something else is not waited for.
                if (received.getUnsignedByte(at) != HANDSHAKE) {
                    throw new RefusedHelloException(Alert.UNEXPECTED_MESSAGE, "no_tls");
                }
                if (end - at < RECORD_HEADER) {
                    break;
                }
                leftInRecord = received.getUnsignedShort(at + 3);
                if (received.getUnsignedByte(at + 1) != 3 || leftInRecord == 0 || leftInRecord > LONGEST_RECORD) {
                    throw new RefusedHelloException(Alert.DECODE_ERROR, "malformed");
                }
                at += RECORD_HEADER;
            }
            int part = Math.min(leftInRecord, end - at);
            append(received, at, part);
            at += part;
            leftInRecord -= part;
            if (isComplete()) {
                return ClientHello.read(message, MESSAGE_HEADER, MESSAGE_HEADER + declared());
            }
        }
        consumed = at - received.readerIndex();
        if (consumed > MOST_BYTES) {
            throw new RefusedHelloException(Alert.DECODE_ERROR, "too_large");
        }
        return null;
    }

    private void append(ByteBuf in, int at, int count) {
        // No more than can be part of it is ever kept.
        int kept = Math.min(count, MESSAGE_HEADER + LONGEST - length);
        if (length + kept > message.length) {
            message = Arrays.copyOf(message, Math.max(length + kept, 2 * message.length));
        }
        in.getBytes(at, message, length, kept);
        length += kept;
    }

    private boolean isComplete() throws RefusedHelloException {
        if (length > 0 && message[0] != CLIENT_HELLO) {
            throw new RefusedHelloException(Alert.UNEXPECTED_MESSAGE, "malformed");
        }
        if (length < MESSAGE_HEADER) {
            return false;
        }
        if (declared() > LONGEST) {
            throw new RefusedHelloException(Alert.DECODE_ERROR, "too_large");
        }
        return length >= MESSAGE_HEADER + declared();
    }

    private int declared() {
        return ((message[1] & 0xff) << 16) | ((message[2] & 0xff) << 8) | (message[3] & 0xff);
    }
}
