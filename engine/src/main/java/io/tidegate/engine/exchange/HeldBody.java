package io.tidegate.engine.exchange;

import io.tidegate.api.Body;
import io.tidegate.api.Field;
import io.tidegate.engine.wire.Trailers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A whole body in memory.
final class HeldBody implements Body {

    private final byte[] held;
    private final int length;
    private final @Nullable Trailers behind;

    /// The first `length` bytes of an array that nobody changes while this is used, and what came behind them.
    HeldBody(byte[] held, int length, @Nullable Trailers behind) {
        this.held = held;
        this.length = length;
        this.behind = behind;
    }

    /// Shows a body that is known as a whole, unless it is longer than `maxBytes`.
    static void show(byte[] body, int maxBytes, Consumer<Body> then, Runnable tooLarge) {
        if (body.length > maxBytes) {
            tooLarge.run();
        } else {
            then.accept(new HeldBody(body, body.length, null));
        }
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public List<Field> trailers() {
        return behind == null ? List.of() : behind.list();
    }

    @Override
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(held, 0, length).asReadOnlyBuffer();
    }
}
