package io.tidegate.policies.grpcweb;

import io.tidegate.api.BodyTransform;
import io.tidegate.api.Field;
import io.tidegate.api.GrpcStatus;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/// Makes the body of a response of gRPC one of gRPC-Web: what came behind it becomes its last frame. Each part goes out
/// as it comes; as text, each with padding of its own.
final class ResponseBody implements BodyTransform {

    private static final byte TRAILERS = (byte) 0x80;
    private static final String STATUS = "grpc-status";

    private final boolean text;

    ResponseBody(boolean text) {
        this.text = text;
    }

    @Override
    public void onChunk(ByteBuffer chunk, boolean last, Sink sink) {
        if (chunk.hasRemaining()) {
            sink.write(text ? Base64.getEncoder().encode(chunk) : chunk);
        }
    }

    @Override
    public List<Field> onTrailers(List<Field> trailers, Sink sink) {
        List<Field> all = trailers;
        if (trailers.stream().noneMatch(field -> field.name().equalsIgnoreCase(STATUS))) {
            all = new ArrayList<>(trailers);
            all.add(new Field(STATUS, Integer.toString(GrpcStatus.UNKNOWN.code())));
            all.add(new Field("grpc-message", "The service sent no status behind its response"));
        }
        sink.write(ByteBuffer.wrap(frame(all, text)));
        return List.of();
    }

    /// The last frame of a body.
    static byte[] frame(List<Field> trailers, boolean text) {
        StringBuilder lines = new StringBuilder();
        for (Field field : trailers) {
            lines.append(field.name().toLowerCase(Locale.ROOT)).append(':').append(field.value()).append("\r\n");
        }
        byte[] content = lines.toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] frame = ByteBuffer.allocate(5 + content.length).put(TRAILERS).putInt(content.length).put(content)
                .array();
        return text ? Base64.getEncoder().encode(frame) : frame;
    }
}
