package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.tidegate.engine.wire.Ascii;

/// Tells HTTP/2 with prior knowledge (RFC 9113 §3.3) from HTTP/1.1 by the first bytes of a connection.
enum Http2Preface {

    /// The bytes begin as HTTP/2 does.
    YES,
    /// There are too few of them.
    MAYBE,
    /// They begin as something else.
    NO;

    /// Enough of the preface that no request of HTTP/1.1 begins so.
    private static final byte[] BEGIN = Ascii.bytes("PRI * HTTP/2.0\r\n");

    /// Looks at what has come so far; the reader index stays.
    static Http2Preface look(ByteBuf in) {
        int start = in.readerIndex();
        int length = Math.min(in.readableBytes(), BEGIN.length);
        for (int i = 0; i < length; i++) {
            if (in.getByte(start + i) != BEGIN[i]) {
                return NO;
            }
        }
        return length == BEGIN.length ? YES : MAYBE;
    }
}
