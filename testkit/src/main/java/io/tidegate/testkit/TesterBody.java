package io.tidegate.testkit;

import io.tidegate.api.Body;
import io.tidegate.api.BodyTransform;
import io.tidegate.api.Field;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/// A collected body. Valid only while it is shown.
final class TesterBody implements Body {

    /// All of a body at once.
    static final int WHOLE = 0;

    private final byte[] content;
    private final List<Field> trailers;
    private boolean shown = true;

    TesterBody(byte[] content, List<Field> trailers) {
        this.content = content;
        this.trailers = trailers;
    }

    void expire() {
        shown = false;
    }

    @Override
    public int length() {
        check();
        return content.length;
    }

    @Override
    public ByteBuffer bytes() {
        check();
        return ByteBuffer.wrap(content).asReadOnlyBuffer();
    }

    @Override
    public List<Field> trailers() {
        check();
        return trailers;
    }

    private void check() {
        if (!shown) {
            throw new IllegalStateException("a body was looked at after the call that showed it");
        }
    }

    /// A body, and what is behind it.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Whole(byte[] content, List<Field> trailers) {
    }

    /// Passes a body through a transform: in one piece for [#WHOLE], else in chunks of at most `chunkSize` bytes and an
    /// empty last one. Then what is behind it.
    static Whole transform(Whole body, int chunkSize, BodyTransform transform) {
        byte[] content = body.content();
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length);
        BodyTransform.Sink sink = bytes -> {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            out.writeBytes(copy);
        };
        if (chunkSize == WHOLE) {
            show(content, true, transform, sink);
        } else {
            for (int from = 0; from < content.length; from += chunkSize) {
                show(Arrays.copyOfRange(content, from, Math.min(content.length, from + chunkSize)), false, transform,
                        sink);
            }
            show(new byte[0], true, transform, sink);
        }
        List<Field> behind = transform.onTrailers(body.trailers(), sink);
        return new Whole(out.toByteArray(), List.copyOf(behind));
    }

    /// Shows a chunk, and overwrites it then: a transform that keeps it is found out.
    private static void show(byte[] bytes, boolean last, BodyTransform transform, BodyTransform.Sink sink) {
        byte[] chunk = bytes.clone();
        transform.onChunk(ByteBuffer.wrap(chunk).asReadOnlyBuffer(), last, sink);
        Arrays.fill(chunk, (byte) 0xDD);
    }
}
