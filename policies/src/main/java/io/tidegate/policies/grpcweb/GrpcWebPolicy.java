package io.tidegate.policies.grpcweb;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Field;
import io.tidegate.api.GrpcStatus;
import io.tidegate.api.Headers;
import io.tidegate.api.Key;
import io.tidegate.api.Policy;
import io.tidegate.api.Request;
import io.tidegate.api.Response;
import java.util.ArrayList;
import java.util.List;

/// Brings calls of browsers (gRPC-Web) into the form of gRPC, and what is answered back into theirs.
///
/// The two differ in how a call ends: gRPC says it in fields behind the body, of which scripts in browsers see nothing,
/// so gRPC-Web has them in a last frame of the body. Every answer to such a call ends with that frame, also one that a
/// policy, the gateway or something that speaks no gRPC made.
final class GrpcWebPolicy implements Policy {

    private static final String CONTENT_TYPE = "content-type";
    private static final String STATUS = "grpc-status";
    private static final List<String> OUTCOME = List.of(STATUS, "grpc-message", "grpc-status-details-bin");

    /// What the answer to a call of gRPC-Web has to be.
    private static final Key<WebType> ANSWER = Key.of("grpcWeb.answer");

    private final long maxMessage;

    GrpcWebPolicy(long maxMessage) {
        this.maxMessage = maxMessage;
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        Request request = exchange.request();
        Headers headers = request.headers();
        WebType type = request.method().equals("POST") ? WebType.of(headers.get(CONTENT_TYPE)) : null;
        if (type == null) {
            return Decision.next();
        }
        exchange.put(ANSWER, type.answer(headers.get("accept")));
        headers.set(CONTENT_TYPE, type.grpc());
        headers.remove("accept");
        headers.remove("x-grpc-web");
        String agent = headers.get("x-user-agent");
        if (agent != null) {
            // Scripts cannot set User-Agent, in which callers of gRPC say what they are.
            headers.set("user-agent", agent);
            headers.remove("x-user-agent");
        }
        request.acceptTrailers();
        exchange.transformRequest(new RequestBody(type.text(), maxMessage));
        return Decision.next();
    }

    @Override
    public Decision onResponse(Exchange exchange) {
        WebType asked = exchange.get(ANSWER);
        if (asked == null) {
            return Decision.next();
        }
        Response response = exchange.response();
        Headers headers = response.headers();
        String format = WebType.formatOfGrpc(headers.get(CONTENT_TYPE));
        WebType type = format == null || format.isEmpty() ? asked : new WebType(asked.text(), format);
        boolean ended = headers.contains(STATUS);
        List<Field> outcome = ended ? takeOutcome(headers) : List.of();
        int status = response.status();
        headers.set(CONTENT_TYPE, type.web());
        if (!ended && format != null && status == 200) {
            exchange.transformResponse(new ResponseBody(type.text()));
            return Decision.next();
        }
        headers.remove("content-encoding");
        if (status != 200) {
            response.setStatus(200);
        }
        byte[] frame = ResponseBody.frame(ended ? outcome : foreign(response, status), type.text());
        if (response.fromUpstream() && response.contentLength() != 0) {
            exchange.transformResponse(new ForeignBody(frame));
            return Decision.next();
        }
        return Decision.withBody(Integer.MAX_VALUE, _ -> {
            exchange.response().replaceBody(frame);
            return Decision.next();
        });
    }

    /// A call that has ended with its head says there how (gRPC calls that Trailers-Only).
    private static List<Field> takeOutcome(Headers headers) {
        List<Field> outcome = new ArrayList<>();
        for (String name : OUTCOME) {
            String value = headers.get(name);
            if (value != null) {
                outcome.add(new Field(name, value));
                headers.remove(name);
            }
        }
        return outcome;
    }

    private static List<Field> foreign(Response response, int status) {
        boolean own = !response.fromUpstream();
        GrpcStatus meaning = own ? GrpcStatus.ofAnswer(status) : GrpcStatus.ofHttp(status);
        String message = own
                ? "The gateway answered with HTTP status " + status
                : "The service answered with HTTP status " + status + " and no call of gRPC";
        return List.of(new Field(STATUS, Integer.toString(meaning.code())), new Field("grpc-message", message));
    }
}
