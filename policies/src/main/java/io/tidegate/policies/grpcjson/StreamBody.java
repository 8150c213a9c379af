package io.tidegate.policies.grpcjson;

import io.tidegate.api.BodyTransform;
import io.tidegate.api.FaultException;
import io.tidegate.api.Field;
import io.tidegate.api.GrpcStatus;
import io.tidegate.api.UpstreamFaults;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes the messages of a stream JSON as they come: elements of an array, or a line each.
///
/// A stream that fails has a last element of its own: `{"error": …}`, with a google.rpc.Status in it.
final class StreamBody implements BodyTransform {

    private final Binding binding;
    private final ResponseJson json;
    private final Frames frames;
    private final boolean lines;
    private boolean begun;

    StreamBody(Binding binding, ResponseJson json, int maxMessage, boolean lines) {
        this.binding = binding;
        this.json = json;
        this.frames = new Frames(maxMessage);
        this.lines = lines;
    }

    @Override
    public void onChunk(ByteBuffer chunk, boolean last, Sink sink) {
        for (byte[] message = frames.next(chunk); message != null; message = frames.next(chunk)) {
            write(json.message(binding, message), sink);
        }
        if (last && !frames.isComplete()) {
            throw new FaultException(UpstreamFaults.INVALID);
        }
    }

    @Override
    public List<Field> onTrailers(List<Field> trailers, Sink sink) {
        GrpcStatus status = GrpcStatus.parse(value(trailers, "grpc-status"));
        if (status != GrpcStatus.OK) {
            write("{\"error\":" + json.status(status, value(trailers, "grpc-message"),
                    value(trailers, "grpc-status-details-bin")) + "}", sink);
        }
        if (!lines) {
            put(begun ? "]" : "[]", sink);
        }
        return List.of();
    }

    /// The value of a field, null where it is not there.
    static @Nullable String value(List<Field> fields, String name) {
        for (Field field : fields) {
            if (field.name().equalsIgnoreCase(name)) {
                return field.value();
            }
        }
        return null;
    }

    private void write(String element, Sink sink) {
        put(lines ? element + "\n" : (begun ? "," : "[") + element, sink);
        begun = true;
    }

    private static void put(String text, Sink sink) {
        sink.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
}
