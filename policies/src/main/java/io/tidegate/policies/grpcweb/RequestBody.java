package io.tidegate.policies.grpcweb;

import io.tidegate.api.BodyTransform;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Makes the body of a request of gRPC-Web one of gRPC: text becomes bytes, the messages are the same.
final class RequestBody implements BodyTransform {

    private final @Nullable Base64Stream text;
    private final FrameWatch frames;

    RequestBody(boolean text, long maxMessage) {
        this.text = text ? new Base64Stream() : null;
        this.frames = new FrameWatch(maxMessage);
    }

    @Override
    public void onChunk(ByteBuffer chunk, boolean last, Sink sink) {
        ByteBuffer bytes = text == null ? chunk : text.decode(chunk);
        frames.pass(bytes);
        if (bytes.hasRemaining()) {
            sink.write(bytes);
        }
        if (last && text != null && !text.isComplete()) {
            throw new FaultException(Fault.GRPC_WEB_TEXT);
        }
        if (last && !frames.isComplete()) {
            throw new FaultException(Fault.GRPC_FRAME);
        }
    }
}
