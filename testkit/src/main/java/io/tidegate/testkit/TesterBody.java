package io.tidegate.testkit;

import io.tidegate.api.Body;
import io.tidegate.api.BodyTransform;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// A collected body. Valid only while it is shown.
final class TesterBody implements Body {

    /// All of a body at once.
    static final int WHOLE = 0;

    private final byte[] content;
    private boolean shown = true;

    TesterBody(byte[] content) {
        this.content = content;
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

    private void check() {
        if (!shown) {
            throw new IllegalStateException("a body was looked at after the call that showed it");
        }
    }

    /// Passes a body through a transform: in one piece for [#WHOLE], else in chunks of at most `chunkSize` bytes and an
    /// empty last one.
    static byte[] transform(byte[] content, int chunkSize, BodyTransform transform) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length);
        BodyTransform.Sink sink = bytes -> {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            out.writeBytes(copy);
        };
        if (chunkSize == WHOLE) {
            show(content, true, transform, sink);
            return out.toByteArray();
        }
        for (int from = 0; from < content.length; from += chunkSize) {
            show(Arrays.copyOfRange(content, from, Math.min(content.length, from + chunkSize)), false, transform, sink);
        }
        show(new byte[0], true, transform, sink);
        return out.toByteArray();
    }

    /// Shows a chunk, and overwrites it then: a transform that keeps it is found out.
    private static void show(byte[] bytes, boolean last, BodyTransform transform, BodyTransform.Sink sink) {
        byte[] chunk = bytes.clone();
        transform.onChunk(ByteBuffer.wrap(chunk).asReadOnlyBuffer(), last, sink);
        Arrays.fill(chunk, (byte) 0xDD);
    }
}
