package io.tidegate.tests.grpcweb;

import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A call as a browser makes it, over the protocol that the browser has agreed on.
enum WebCall {
    HTTP1 {
        @Override
        Answer send(TestGateway gateway, String path, String type, String body, String... fields) {
            StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Type: " + type
                    + "\r\nContent-Length: " + body.length() + "\r\n");
            for (int i = 0; i < fields.length; i += 2) {
                head.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
            }
            try (RawClient client = gateway.client()) {
                RawResponse response = client.exchange(head + "\r\n" + body);
                return new Answer(response.status(), response.field("content-type"),
                        response.field("access-control-allow-origin"), response.body(), response.complete());
            }
        }
    },
    HTTP2 {
        @Override
        Answer send(TestGateway gateway, String path, String type, String body, String... fields) {
            List<String> head = new ArrayList<>(List.of("content-type", type));
            head.addAll(List.of(fields));
            try (Http2Client client = Http2Client.connect(gateway.address())) {
                int stream = client.request("POST", path, false, head.toArray(String[]::new));
                Http2Response response = client.upload(stream, body).response(stream);
                return new Answer(response.status(), response.field("content-type"),
                        response.field("access-control-allow-origin"), response.body(), response.complete());
            }
        }
    };

    /// Calls `path` with this body.
    ///
    /// @param fields
    ///            names and values in turns
    abstract Answer send(TestGateway gateway, String path, String type, String body, String... fields);

    /// What came back.
    record Answer(int status, @Nullable String type, @Nullable String origin, String body, boolean complete) {

        /// The frames of the body, in their order: `0:text` for a message, `128:lines` for the last one.
        List<String> frames() {
            byte[] bytes = type != null && type.startsWith("application/grpc-web-text")
                    ? decoded(body)
                    : body.getBytes(StandardCharsets.ISO_8859_1);
            List<String> frames = new ArrayList<>();
            ByteBuffer in = ByteBuffer.wrap(bytes);
            while (in.hasRemaining()) {
                int flags = in.get() & 0xFF;
                byte[] content = new byte[in.getInt()];
                in.get(content);
                frames.add(flags + ":" + new String(content, StandardCharsets.ISO_8859_1));
            }
            return frames;
        }
    }

    /// What texts say that stand one behind the other, each with padding of its own.
    static byte[] decoded(String text) {
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i += 4) {
            all.writeBytes(Base64.getDecoder().decode(text.substring(i, i + 4)));
        }
        return all.toByteArray();
    }

    /// A message in its frame.
    static String frame(String message) {
        return new String(ByteBuffer.allocate(5).put((byte) 0).putInt(message.length()).array(),
                StandardCharsets.ISO_8859_1) + message;
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
