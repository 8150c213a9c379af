package io.tidegate.api;

import java.nio.ByteBuffer;

/// Rewrites a body as it passes. A message without a body has none to rewrite. Made for one exchange, so it may keep
/// state in fields.
@FunctionalInterface
public interface BodyTransform {

    /// Called for each chunk; `chunk` is only valid during the call. The last call has `last` set, and may bring an
    /// empty chunk.
    void onChunk(ByteBuffer chunk, boolean last, Sink sink);

    /// Takes what goes on to the other side.
    interface Sink {

        /// Takes the bytes between position and limit. They are copied before the call returns.
        void write(ByteBuffer bytes);
    }
}
