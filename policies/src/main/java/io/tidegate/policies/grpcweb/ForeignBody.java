package io.tidegate.policies.grpcweb;

import io.tidegate.api.BodyTransform;
import io.tidegate.api.Field;
import java.nio.ByteBuffer;
import java.util.List;

/// Puts the last frame of a call in place of a body that is none of gRPC.
final class ForeignBody implements BodyTransform {

    private final byte[] frame;

    ForeignBody(byte[] frame) {
        this.frame = frame;
    }

    @Override
    public void onChunk(ByteBuffer chunk, boolean last, Sink sink) {
        // No caller of gRPC could read it.
    }

    @Override
    public List<Field> onTrailers(List<Field> trailers, Sink sink) {
        sink.write(ByteBuffer.wrap(frame));
        return List.of();
    }
}
