package io.tidegate.policies.idempotency;

import io.tidegate.api.BodyTransform;
import io.tidegate.api.Field;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/// Lets a body pass and keeps a copy of it, up to a bound.
final class Copy implements BodyTransform {

    private final int maxBytes;
    private final Consumer<ByteBuffer> whole;
    private final Runnable tooLarge;
    private final ByteArrayOutputStream copy = new ByteArrayOutputStream();
    private boolean over;

    /// @param whole
    ///            is shown the body once it has passed
    /// @param tooLarge
    ///            runs where it is longer than `maxBytes`
    Copy(int maxBytes, Consumer<ByteBuffer> whole, Runnable tooLarge) {
        this.maxBytes = maxBytes;
        this.whole = whole;
        this.tooLarge = tooLarge;
    }

    @Override
    public void onChunk(ByteBuffer chunk, boolean last, Sink sink) {
        if (!over && copy.size() + chunk.remaining() > maxBytes) {
            over = true;
            copy.reset();
            tooLarge.run();
        }
        if (!over) {
            byte[] bytes = new byte[chunk.remaining()];
            chunk.duplicate().get(bytes);
            copy.writeBytes(bytes);
        }
        sink.write(chunk);
        if (last && !over) {
            whole.accept(ByteBuffer.wrap(copy.toByteArray()));
        }
    }

    @Override
    public List<Field> onTrailers(List<Field> trailers, Sink sink) {
        return trailers;
    }
}
