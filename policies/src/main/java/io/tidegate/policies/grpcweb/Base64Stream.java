package io.tidegate.policies.grpcweb;

import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Decodes base64 (RFC 4648 §4) that comes in pieces of any length. Padding may end any group: browsers encode message
/// by message and send one text behind the other.
final class Base64Stream {

    private static final byte[] VALUES = values();

    private int bits;
    private int digits;
    private int padding;

    private static byte[] values() {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        byte[] values = new byte[256];
        Arrays.fill(values, (byte) -1);
        for (int i = 0; i < alphabet.length(); i++) {
            values[alphabet.charAt(i)] = (byte) i;
        }
        return values;
    }

    /// Decodes what there is of it.
    ///
    /// @throws FaultException
    ///             with [Fault#GRPC_WEB_TEXT] where it is no base64
    ByteBuffer decode(ByteBuffer text) {
        byte[] out = new byte[(text.remaining() + digits) / 4 * 3];
        int length = 0;
        while (text.hasRemaining()) {
            int c = text.get() & 0xFF;
            if (c == '=') {
                if (digits < 2) {
                    throw new FaultException(Fault.GRPC_WEB_TEXT);
                }
                padding++;
                bits <<= 6;
            } else {
                int value = VALUES[c];
                if (value < 0 || padding > 0) {
                    throw new FaultException(Fault.GRPC_WEB_TEXT);
                }
                bits = bits << 6 | value;
            }
            if (++digits == 4) {
                length = emit(out, length);
            }
        }
        return ByteBuffer.wrap(out, 0, length);
    }

    private int emit(byte[] out, int from) {
        int to = from;
        out[to++] = (byte) (bits >> 16);
        if (padding < 2) {
            out[to++] = (byte) (bits >> 8);
        }
        if (padding < 1) {
            out[to++] = (byte) bits;
        }
        bits = 0;
        digits = 0;
        padding = 0;
        return to;
    }

    /// Whether it may end here.
    boolean isComplete() {
        return digits == 0;
    }
}
