package io.tidegate.engine.exchange;

import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.api.GrpcStatus;
import io.tidegate.api.Reply;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.config.ErrorResponseConfig;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.GrpcFields;
import io.tidegate.engine.wire.NamedFields;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The bodies of the gateway's own errors: problems (RFC 9457), or what the user put in their place.
public final class Answers {

    /// What `OPTIONS *` is answered: what the gateway itself can do.
    static final Reply OPTIONS = Reply.of(200).withHeader("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");

    private static final int HTTPS_PORT = 443;
    private static final String[] RETRY_AFTER = {"1", "2", "3", "4"};

    private final Map<String, ErrorResponseConfig> own;

    /// Answers with the bodies declared: by fault code, status or class of statuses.
    public Answers(Map<String, ErrorResponseConfig> own) {
        this.own = own;
    }

    /// Makes the head of an answer to `fault` in `head`.
    ///
    /// @param headers
    ///            what else it says; whoever refuses may know best when to come again
    /// @return the body that goes with it
    byte[] make(ResponseHead head, Fault fault, List<Field> headers, String requestId) {
        head.make(fault.status());
        head.addAll(headers);
        if (fault.status() == 503 && headers.stream().noneMatch(Answers::tellsWhen)) {
            head.add("retry-after", retryAfter(fault));
        }
        ErrorResponseConfig declared = own.isEmpty() ? null : declared(fault);
        if (declared != null) {
            NamedFields.replace(head, "content-type", declared.contentType());
            return declared.body().replace("{status}", Integer.toString(fault.status()))
                    .replace("{title}", fault.title()).replace("{requestId}", requestId)
                    .getBytes(StandardCharsets.UTF_8);
        }
        NamedFields.replace(head, "content-type", "application/problem+json");
        return problem(fault, requestId);
    }

    private static boolean tellsWhen(Field field) {
        return field.name().equalsIgnoreCase("retry-after");
    }

    /// In how many seconds to come again. Those whom an overload has turned away must not all come back at once.
    private static String retryAfter(Fault fault) {
        return fault.equals(Fault.OVERLOADED) || fault.equals(UpstreamFaults.LIMITED)
                ? RETRY_AFTER[ThreadLocalRandom.current().nextInt(RETRY_AFTER.length)]
                : RETRY_AFTER[0];
    }

    /// Makes the head of an answer to `fault` in `head` that tells it to a caller by gRPC.
    static void makeStatus(ResponseHead head, Fault fault, String requestId) {
        head.make(200);
        head.add("content-type", "application/grpc");
        GrpcFields.end(head, GrpcStatus.of(fault), fault.title());
        head.add("x-request-id", requestId);
    }

    private @Nullable ErrorResponseConfig declared(Fault fault) {
        ErrorResponseConfig found = own.get(fault.code());
        if (found == null) {
            found = own.get(Integer.toString(fault.status()));
        }
        return found == null ? own.get(fault.status() / 100 + "xx") : found;
    }

    /// What is answered before a route is looked for: a proof to an authority that looks whether a name leads here, the
    /// way to https, and what the gateway itself can do. Null where it is none of them, or where there is no way to
    /// https since the request names no host.
    static @Nullable Reply withoutRoute(RequestHead request, ListenerSnapshot on) {
        HttpChallenges challenges = on.challenges();
        Reply proof = challenges == null ? null : challenges.answer(request);
        if (proof != null) {
            return proof;
        }
        if (on.httpsPort() > 0) {
            return request.hostEnd() == request.hostStart() ? null : httpsRedirect(request, on.httpsPort());
        }
        return request.asterisk() ? OPTIONS : null;
    }

    /// Tells which methods there are where the request's is none of them.
    static void otherMethods(HttpExchange exchange, RequestHead request, List<String> methods) {
        Field allow = new Field("allow", String.join(", ", methods));
        if (request.method().equals("OPTIONS")) {
            // The list is itself what answers OPTIONS (RFC 9110 section 9.3.7).
            exchange.onReply(Reply.of(204).withHeader(allow.name(), allow.value()));
        } else {
            exchange.onRefusal(Fault.METHOD_NOT_ALLOWED, List.of(allow));
        }
    }

    /// Sends a client to the path with a slash more or less at its end, the query kept.
    static Reply slashRedirect(RequestHead request, boolean add) {
        String path = request.path();
        String other = add ? path + "/" : path.substring(0, path.length() - 1);
        return Reply.of(308).withHeader("location", request.queryStart() < 0
                ? other
                : other + "?" + Ascii.text(request.queryBytes(), request.queryStart(), request.queryEnd()));
    }

    /// Sends a client to the same host and target with https.
    static Reply httpsRedirect(RequestHead request, int port) {
        String path = request.asterisk() ? "" : request.path();
        String query = request.queryStart() < 0
                ? ""
                : "?" + Ascii.text(request.queryBytes(), request.queryStart(), request.queryEnd());
        return Reply.of(308).withHeader("location",
                "https://" + Ascii.text(request.hostBytes(), request.hostStart(), request.hostEnd())
                        + (port == HTTPS_PORT ? "" : ":" + port) + path + query);
    }

    private static byte[] problem(Fault fault, String requestId) {
        // Codes and titles are constants of the gateway and hold nothing that would have to be escaped.
        return ("{\"type\":\"urn:tidegate:" + fault.code() + "\",\"title\":\"" + fault.title() + "\",\"status\":"
                + fault.status() + ",\"requestId\":\"" + requestId + "\"}").getBytes(StandardCharsets.UTF_8);
    }
}
