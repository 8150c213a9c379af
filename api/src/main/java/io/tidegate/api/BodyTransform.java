package io.tidegate.api;

import java.nio.ByteBuffer;
import java.util.List;

/// Rewrites a body as it passes. A message without a body has none to rewrite. Made for one exchange, so it may keep
/// state in fields.
@FunctionalInterface
public interface BodyTransform {

    /// Called for each chunk; `chunk` is only valid during the call. The last call has `last` set, and may bring an
    /// empty chunk.
    void onChunk(ByteBuffer chunk, boolean last, Sink sink);

    /// Called once, behind the last chunk, with the fields that came behind the body (RFC 9110 §6.5); empty where none
    /// came. What is written still belongs to the body. What is returned goes on behind it, where the other side's
    /// protocol has such fields (HTTP/2), and is shown to the next transform.
    ///
    /// Where a transform says nothing of them they end here: they were said of another body.
    default List<Field> onTrailers(List<Field> trailers, Sink sink) {
        return List.of();
    }

    /// Takes what goes on to the other side.
    interface Sink {

        /// Takes the bytes between position and limit. They are copied before the call returns.
        void write(ByteBuffer bytes);
    }
}
