package io.tidegate.policies.idempotency;

import io.tidegate.api.BodyTransform;
import io.tidegate.api.Field;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Lets a body pass and keeps a copy of it, up to a bound of its own and one of all copies together.
final class Copy implements BodyTransform {

    /// Most bytes of all copies of one policy that are being made.
    static final long MOST_TOGETHER = 32L << 20;

    private final int maxBytes;
    private final AtomicLong together;
    private final Consumer<ByteBuffer> whole;
    private final Runnable tooLarge;
    private @Nullable ByteArrayOutputStream copy = new ByteArrayOutputStream();

    /// A copy of nothing yet.
    ///
    /// @param together
    ///            bytes of all copies
    /// @param whole
    ///            is shown the body once it has passed
    /// @param tooLarge
    ///            runs where it is longer than `maxBytes`, or all together are too many
    Copy(int maxBytes, AtomicLong together, Consumer<ByteBuffer> whole, Runnable tooLarge) {
        this.maxBytes = maxBytes;
        this.together = together;
        this.whole = whole;
        this.tooLarge = tooLarge;
    }

    @Override
    public void onChunk(ByteBuffer chunk, boolean last, Sink sink) {
        ByteArrayOutputStream kept = copy;
        if (kept != null) {
            int length = chunk.remaining();
            boolean fits = kept.size() + length <= maxBytes && together.get() + length <= MOST_TOGETHER;
            if (fits) {
                together.addAndGet(length);
                byte[] bytes = new byte[length];
                chunk.duplicate().get(bytes);
                kept.writeBytes(bytes);
            } else {
                letGo();
                tooLarge.run();
            }
        }
        sink.write(chunk);
        if (last && copy != null && kept != null) {
            letGo();
            whole.accept(ByteBuffer.wrap(kept.toByteArray()));
        }
    }

    @Override
    public List<Field> onTrailers(List<Field> trailers, Sink sink) {
        return trailers;
    }

    /// No more comes, or what has come is not wanted.
    void letGo() {
        ByteArrayOutputStream kept = copy;
        if (kept != null) {
            together.addAndGet(-kept.size());
            copy = null;
        }
    }
}
