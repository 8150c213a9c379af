package io.tidegate.extauthz;

import com.google.protobuf.CodedOutputStream;
import io.tidegate.api.Client;
import io.tidegate.api.Exchange;
import io.tidegate.api.Principal;
import io.tidegate.api.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Writes `envoy.service.auth.v3.CheckRequest`. The numbers are those of its fields.
final class CheckRequest {

    private static final int ATTRIBUTES = 1;

    private static final int SOURCE = 1;
    private static final int REQUEST = 4;
    private static final int CONTEXT_EXTENSIONS = 10;

    private static final int PEER_ADDRESS = 1;
    private static final int PEER_PRINCIPAL = 4;
    private static final int SOCKET_ADDRESS = 1;
    private static final int SOCKET_HOST = 2;
    private static final int SOCKET_PORT = 3;

    private static final int REQUEST_HTTP = 2;
    private static final int HTTP_ID = 1;
    private static final int HTTP_METHOD = 2;
    private static final int HTTP_HEADERS = 3;
    private static final int HTTP_PATH = 4;
    private static final int HTTP_HOST = 5;
    private static final int HTTP_SCHEME = 6;
    private static final int HTTP_SIZE = 9;
    private static final int HTTP_BODY = 11;
    private static final int HTTP_RAW_BODY = 12;

    private final List<String> headers;
    private final Map<String, String> extensions;

    CheckRequest(ExtAuthzConfig config) {
        this.headers = config.headers().stream().map(name -> name.toLowerCase(Locale.ROOT)).distinct().toList();
        this.extensions = config.contextExtensions();
    }

    /// A part of a message.
    private interface Part {
        void write(CodedOutputStream out) throws IOException;
    }

    /// The message about a request.
    ///
    /// @param body
    ///            null where it does not go along
    byte[] about(Exchange exchange, byte @Nullable [] body) {
        return message(out -> nested(out, ATTRIBUTES, attributes -> {
            nested(attributes, SOURCE, peer -> source(peer, exchange));
            nested(attributes, REQUEST,
                    request -> nested(request, REQUEST_HTTP, http -> http(http, exchange, body)));
            for (Map.Entry<String, String> extension : extensions.entrySet()) {
                entry(attributes, CONTEXT_EXTENSIONS, extension.getKey(), extension.getValue());
            }
        }));
    }

    private static void source(CodedOutputStream out, Exchange exchange) throws IOException {
        Client client = exchange.client();
        nested(out, PEER_ADDRESS, address -> nested(address, SOCKET_ADDRESS, socket -> {
            socket.writeString(SOCKET_HOST, client.address());
            // The port is the peer's, which is the client where no proxy stands between.
            if (client.address().equals(client.peerAddress())) {
                socket.writeUInt32(SOCKET_PORT, client.peerPort());
            }
        }));
        Principal principal = exchange.principal();
        if (principal != null) {
            out.writeString(PEER_PRINCIPAL, principal.name());
        }
    }

    private void http(CodedOutputStream out, Exchange exchange, byte @Nullable [] body) throws IOException {
        Request request = exchange.request();
        String query = request.query();
        out.writeString(HTTP_ID, exchange.id());
        out.writeString(HTTP_METHOD, request.method());
        for (Map.Entry<String, String> field : fields(request).entrySet()) {
            entry(out, HTTP_HEADERS, field.getKey(), field.getValue());
        }
        out.writeString(HTTP_PATH, query == null ? request.path() : request.path() + "?" + query);
        out.writeString(HTTP_HOST, request.authority());
        out.writeString(HTTP_SCHEME, request.scheme());
        out.writeInt64(HTTP_SIZE, body == null ? request.contentLength() : body.length);
        if (body != null && body.length > 0) {
            if (isText(body)) {
                out.writeByteArray(HTTP_BODY, body);
            } else {
                out.writeByteArray(HTTP_RAW_BODY, body);
            }
        }
    }

    private Map<String, String> fields(Request request) {
        Map<String, String> fields = new TreeMap<>();
        if (headers.isEmpty()) {
            request.headers().forEach((name, value) -> {
                if (!ExtAuthzConfig.isOfConnection(name) && !ExtAuthzConfig.isOfTheGateway(name)) {
                    fields.merge(name.toLowerCase(Locale.ROOT), value, (first, more) -> first + "," + more);
                }
            });
        } else {
            for (String name : headers) {
                List<String> values = request.headers().all(name);
                if (!values.isEmpty()) {
                    fields.put(name, String.join(",", values));
                }
            }
        }
        return fields;
    }

    private static boolean isText(byte[] body) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static void entry(CodedOutputStream out, int field, String key, String value) throws IOException {
        nested(out, field, entry -> {
            entry.writeString(1, key);
            entry.writeString(2, value);
        });
    }

    private static void nested(CodedOutputStream out, int field, Part part) throws IOException {
        out.writeByteArray(field, message(part));
    }

    private static byte[] message(Part part) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            part.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
