package io.tidegate.engine.exchange;

import io.tidegate.api.Body;
import java.nio.ByteBuffer;

/// A whole body in memory.
final class HeldBody implements Body {

    private final byte[] held;
    private final int length;

    /// The first `length` bytes of an array that nobody changes while this is used.
    HeldBody(byte[] held, int length) {
        this.held = held;
        this.length = length;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(held, 0, length).asReadOnlyBuffer();
    }
}
