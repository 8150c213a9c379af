package io.tidegate.engine.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// Why a client is refused before there is any encryption (RFC 8446 section 6.2).
enum Alert {
    /// What came is no TLS, or no beginning of it.
    UNEXPECTED_MESSAGE(10),
    /// A field is out of range, or says what it must not.
    ILLEGAL_PARAMETER(47),
    /// A message is malformed.
    DECODE_ERROR(50),
    /// No version in common.
    PROTOCOL_VERSION(70),
    /// Nothing is served under the name.
    UNRECOGNIZED_NAME(112),
    /// No protocol in common.
    NO_APPLICATION_PROTOCOL(120);

    private static final int RECORD = 21;
    private static final int FATAL = 2;

    private final int code;

    Alert(int code) {
        this.code = code;
    }

    /// The record that tells the client.
    ByteBuf record() {
        return Unpooled.wrappedBuffer(new byte[]{RECORD, 3, 3, 0, 2, FATAL, (byte) code});
    }
}
