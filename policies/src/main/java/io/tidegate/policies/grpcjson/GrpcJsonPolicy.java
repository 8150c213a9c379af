package io.tidegate.policies.grpcjson;

import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.tidegate.api.Body;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.Field;
import io.tidegate.api.GrpcStatus;
import io.tidegate.api.Headers;
import io.tidegate.api.Key;
import io.tidegate.api.Policy;
import io.tidegate.api.Request;
import io.tidegate.api.Response;
import io.tidegate.api.UpstreamFaults;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Makes calls of gRPC of requests with JSON, and JSON of what is answered.
///
/// A call of one message is held on both ways: the request because its length stands in front of it, the response
/// because what ends it decides its status. A stream is passed on message by message.
final class GrpcJsonPolicy implements Policy {

    private static final String CONTENT_TYPE = "content-type";
    private static final String STATUS = "grpc-status";
    private static final String JSON = "application/json";
    private static final String LINES = "application/x-ndjson";
    private static final int LONGEST_TITLE = 200;

    /// A call that this policy has made.
    private static final Key<Call> CALL = Key.of("grpcJson.call");

    private final PathTable table;
    private final JsonFormat.Parser parser;
    private final ResponseJson json;
    private final int maxMessage;
    private final boolean ignoreUnknown;

    /// A call.
    ///
    /// @param lines
    ///            whether the client wants a stream as lines
    private record Call(Binding binding, boolean lines) {
    }

    GrpcJsonPolicy(GrpcJsonConfig config, PathTable table, TypeRegistry types) {
        this.table = table;
        this.parser = JsonFormat.parser().usingTypeRegistry(types);
        this.json = new ResponseJson(types, config.protoNames(), config.showDefaults());
        this.maxMessage = (int) config.maxMessage().bytes();
        this.ignoreUnknown = config.ignoreUnknownParameters();
    }

    // The request.

    @Override
    public Decision onRequest(Exchange exchange) {
        Request request = exchange.request();
        String type = request.headers().get(CONTENT_TYPE);
        if (isGrpc(type)) {
            return Decision.next();
        }
        PathTable.Match match = table.find(request.method(), request.path());
        if (match == null) {
            List<String> methods = table.methods(request.path());
            return methods.isEmpty()
                    ? Decision.fail(Fault.GRPC_JSON_PATH)
                    : Decision.fail(Fault.METHOD_NOT_ALLOWED, List.of(new Field("allow", String.join(", ", methods))));
        }
        boolean coded = request.headers().contains("content-encoding");
        return Decision.withBody(maxMessage, body -> body.length() > 0 && (coded || !isJson(type))
                ? Decision.fail(Fault.MEDIA_TYPE_UNSUPPORTED, List.of(new Field("accept", JSON)))
                : call(exchange, match, body));
    }

    private Decision call(Exchange exchange, PathTable.Match match, Body body) {
        Request request = exchange.request();
        byte[] message;
        try {
            message = new RequestMessage(match, parser, ignoreUnknown).make(body, request.query());
        } catch (BadRequestException e) {
            return Decision.fail(explained(String.valueOf(e.getMessage())));
        }
        Headers headers = request.headers();
        String accept = headers.get("accept");
        exchange.put(CALL, new Call(match.binding(), accept != null && accept.toLowerCase(Locale.ROOT)
                .contains(LINES)));
        request.replaceBody(Frames.frame(message));
        request.setMethod("POST");
        request.setPath(match.binding().grpcPath());
        request.setQuery(null);
        headers.set(CONTENT_TYPE, "application/grpc");
        headers.set("grpc-accept-encoding", "identity");
        headers.remove("grpc-encoding");
        headers.remove("accept");
        headers.remove("accept-encoding");
        request.acceptTrailers();
        return Decision.next();
    }

    private static boolean isGrpc(@Nullable String type) {
        return type != null && type.regionMatches(true, 0, "application/grpc", 0, 16);
    }

    private static boolean isJson(@Nullable String type) {
        if (type == null) {
            return false;
        }
        int end = type.indexOf(';');
        String name = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        return name.equals(JSON) || (name.startsWith("application/") && name.endsWith("+json"));
    }

    /// The fault of its kind that says what does not fit. It becomes a part of a JSON text as it is.
    private static Fault explained(String message) {
        StringBuilder title = new StringBuilder(Fault.GRPC_JSON_REQUEST.title()).append(": ");
        for (int i = 0; i < message.length() && title.length() < LONGEST_TITLE; i++) {
            char c = message.charAt(i);
            title.append(c == '"' || c == '\\' ? '\'' : c < 0x20 || c > 0x7E ? '?' : c);
        }
        return new Fault(Fault.GRPC_JSON_REQUEST.code(), Fault.GRPC_JSON_REQUEST.status(), title.toString(),
                Fault.GRPC_JSON_REQUEST.blame());
    }

    // The response.

    @Override
    public Decision onResponse(Exchange exchange) {
        Call call = exchange.get(CALL);
        if (call == null) {
            return Decision.next();
        }
        Response response = exchange.response();
        Headers headers = response.headers();
        if (!isGrpc(headers.get(CONTENT_TYPE))) {
            // A problem, or what something that speaks no gRPC says of it: readable as it is.
            return Decision.next();
        }
        boolean ended = headers.contains(STATUS);
        if (ended || !call.binding().method().isServerStreaming()) {
            // The frame of the message is not a part of it.
            return Decision.withBody(maxMessage + 5, body -> {
                answer(exchange.response(), call.binding(), body);
                return Decision.next();
            });
        }
        headers.set(CONTENT_TYPE, call.lines() ? LINES : JSON);
        takeFraming(headers);
        exchange.transformResponse(new StreamBody(call.binding(), json, maxMessage, call.lines()));
        return Decision.next();
    }

    private static void takeFraming(Headers headers) {
        headers.remove("grpc-encoding");
        headers.remove("grpc-accept-encoding");
    }

    private void answer(Response response, Binding binding, Body body) {
        Headers headers = response.headers();
        List<Field> trailers = body.trailers();
        // A call that ended with its head says there how.
        String sent = headers.contains(STATUS) ? headers.get(STATUS) : StreamBody.value(trailers, STATUS);
        GrpcStatus status = GrpcStatus.parse(sent);
        String text;
        if (status == GrpcStatus.OK) {
            text = binding.method().isServerStreaming() ? "[]" : json.message(binding, only(body));
        } else {
            text = json.status(status, either(headers, trailers, "grpc-message"),
                    either(headers, trailers, "grpc-status-details-bin")).toString();
            response.setStatus(status.http());
        }
        headers.set(CONTENT_TYPE, JSON);
        takeFraming(headers);
        headers.remove(STATUS);
        headers.remove("grpc-message");
        headers.remove("grpc-status-details-bin");
        response.replaceBody(text.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable String either(Headers headers, List<Field> trailers, String name) {
        String value = headers.get(name);
        return value == null ? StreamBody.value(trailers, name) : value;
    }

    /// The one message of a response.
    private byte[] only(Body body) {
        Frames frames = new Frames(maxMessage);
        ByteBuffer bytes = body.bytes();
        byte[] message = frames.next(bytes);
        if (message == null || bytes.hasRemaining()) {
            throw new FaultException(UpstreamFaults.INVALID);
        }
        return message;
    }
}
