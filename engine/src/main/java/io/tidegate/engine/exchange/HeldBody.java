package io.tidegate.engine.exchange;

import io.tidegate.api.Body;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// A whole body in memory.
final class HeldBody implements Body {

    private final byte[] held;
    private final int length;

    /// The first `length` bytes of an array that nobody changes while this is used.
    HeldBody(byte[] held, int length) {
        this.held = held;
        this.length = length;
    }

    /// Shows a body that is known as a whole, unless it is longer than `maxBytes`.
    static void show(byte[] body, int maxBytes, Consumer<Body> then, Runnable tooLarge) {
        if (body.length > maxBytes) {
            tooLarge.run();
        } else {
            then.accept(new HeldBody(body, body.length));
        }
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
