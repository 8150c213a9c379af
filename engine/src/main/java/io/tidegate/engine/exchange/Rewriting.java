package io.tidegate.engine.exchange;

import io.tidegate.api.BodyTransform;
import io.tidegate.api.Field;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Rewrites one body on its way: what one transform makes of it is what the next one sees.
final class Rewriting {

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final List<BodyTransform> transforms = new ArrayList<>(2);
    private List<Field> behind = List.of();

    /// One more, behind those that are here.
    void add(BodyTransform transform) {
        transforms.add(transform);
    }

    /// Passes a part of the body through.
    void chunk(ByteBuffer chunk, BodyTransform.Sink out) {
        apply(0, chunk, false, out);
    }

    /// Passes the last part of the body through, and the fields behind it.
    ///
    /// @return the fields that go on
    List<Field> end(List<Field> trailers, ByteBuffer last, BodyTransform.Sink out) {
        behind = trailers;
        apply(0, last, true, out);
        return behind;
    }

    /// Passes a whole body through. It has nothing behind it, and gets nothing.
    byte[] whole(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length);
        end(List.of(), ByteBuffer.wrap(body), bytes -> {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            out.writeBytes(copy);
        });
        return out.toByteArray();
    }

    private void apply(int at, ByteBuffer chunk, boolean last, BodyTransform.Sink out) {
        if (at == transforms.size()) {
            out.write(chunk);
            return;
        }
        BodyTransform transform = transforms.get(at);
        BodyTransform.Sink next = bytes -> apply(at + 1, bytes, false, out);
        transform.onChunk(chunk, last, next);
        if (last) {
            behind = transform.onTrailers(behind, next);
            apply(at + 1, EMPTY, true, out);
        }
    }
}
