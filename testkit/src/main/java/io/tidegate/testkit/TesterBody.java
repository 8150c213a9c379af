package io.tidegate.testkit;

import io.tidegate.api.Body;
import io.tidegate.api.BodyTransform;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// A collected body. Valid only while it is shown.
final class TesterBody implements Body {

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

    /// Passes a body through a transform in chunks of at most `chunkSize` bytes. A chunk is overwritten once its call
    /// has returned, so that a transform which keeps it is found out.
    static byte[] transform(byte[] content, int chunkSize, BodyTransform transform) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length);
        BodyTransform.Sink sink = bytes -> {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            out.writeBytes(copy);
        };
        int from = 0;
        do {
            int to = Math.min(content.length, from + chunkSize);
            byte[] chunk = Arrays.copyOfRange(content, from, to);
            transform.onChunk(ByteBuffer.wrap(chunk).asReadOnlyBuffer(), to == content.length, sink);
            Arrays.fill(chunk, (byte) 0xDD);
            from = to;
        } while (from < content.length);
        return out.toByteArray();
    }
}
