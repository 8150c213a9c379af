package io.tidegate.engine.wire;

import io.netty.buffer.ByteBuf;

/// Takes a body as it is cut out of what was received.
public interface BodySink {

    /// A range of `in`: data, or with framing kept, chunks whole or in part. `in` stays the caller's; whoever keeps the
    /// range retains it.
    ///
    /// @param data
    ///            number of bytes in it that are the body's own
    void range(ByteBuf in, int start, int length, int data);

    /// Framing written anew, in place of what was received.
    void literal(byte[] bytes, int start, int length);

    /// Fields that came behind the body. Just before its end, by HTTP/2 only.
    default void trailers(Trailers trailers) {
        // Who does not speak of them drops them.
    }

    /// The body is complete.
    void end();
}
