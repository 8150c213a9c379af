package io.tidegate.testkit;

import io.tidegate.api.Client;
import io.tidegate.api.FaultException;
import io.tidegate.api.Field;
import io.tidegate.api.Policy;
import io.tidegate.api.Reply;
import io.tidegate.api.TlsClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Describes a request to policies under test, and the upstream that answers it. Left as it is: a request from
/// `203.0.113.7` in clear text to `gateway.test`, and an upstream that answers 200 without a body.
public final class TesterRequest {

    private final List<Policy> policies;
    private final String method;
    private final String path;
    private final @Nullable String query;
    private final List<Field> fields = new ArrayList<>();
    private final Map<String, String> pathParameters = new LinkedHashMap<>();
    private String authority = "gateway.test";
    private String clientAddress = "203.0.113.7";
    private @Nullable String peerAddress;
    private boolean secure;
    private @Nullable TlsClient tls;
    private String id = "4f1c2a0b9d3e58670011223344556677";
    private @Nullable String route = "test";
    private byte[] body = new byte[0];
    private boolean chunked;
    private int chunkSize = TesterBody.WHOLE;
    private Function<TesterResult.Sent, Reply> upstream = _ -> Reply.of(200);
    private boolean upstreamStreams;
    private final List<Field> trailers = new ArrayList<>();
    private final List<Field> upstreamTrailers = new ArrayList<>();

    TesterRequest(List<Policy> policies, String method, String target) {
        this.policies = policies;
        this.method = method;
        int mark = target.indexOf('?');
        this.query = mark < 0 ? null : target.substring(mark + 1);
        if (query != null && !TesterHttpRequest.isQuery(query)) {
            throw new IllegalArgumentException("the gateway refuses the query '" + query + "'");
        }
        try {
            this.path = TesterHttpRequest.canonical(mark < 0 ? target : target.substring(0, mark));
        } catch (FaultException e) {
            throw new IllegalArgumentException(
                    "the gateway refuses the path of '" + target + "': " + e.fault().code(), e);
        }
    }

    /// Adds a header field.
    public TesterRequest header(String name, String value) {
        fields.add(new Field(name, value));
        return this;
    }

    /// What was agreed on with the client by TLS; the request is secure then.
    public TesterRequest tls(TlsClient tls) {
        this.tls = tls;
        secure = true;
        return this;
    }

    /// The body, with its `Content-Length`.
    public TesterRequest body(byte[] body) {
        this.body = body.clone();
        return this;
    }

    /// The body as UTF-8, with its `Content-Length`.
    public TesterRequest body(String body) {
        return body(body.getBytes(StandardCharsets.UTF_8));
    }

    /// The body is of unknown length: `Transfer-Encoding: chunked`.
    public TesterRequest chunked() {
        chunked = true;
        return this;
    }

    /// Adds a field behind the body, as clients that speak HTTP/2 can send them.
    public TesterRequest trailer(String name, String value) {
        trailers.add(new Field(name, value));
        return this;
    }

    /// Transforms see bodies in chunks of at most this many bytes and an empty last one. Left out: the whole body at
    /// once, as the last.
    public TesterRequest chunksOf(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("chunks must be at least 1 byte (was " + bytes + ")");
        }
        chunkSize = bytes;
        return this;
    }

    /// Host and port that the client asks for; empty for an HTTP/1.0 request without a host.
    public TesterRequest authority(String authority) {
        if (!authority.isEmpty() && !TesterHttpRequest.isAuthority(authority)) {
            throw new IllegalArgumentException("the gateway refuses the host '" + authority + "'");
        }
        this.authority = authority;
        return this;
    }

    /// Address of the client.
    public TesterRequest from(String address) {
        clientAddress = address;
        return this;
    }

    /// Address of the trusted proxy that the client came through.
    public TesterRequest through(String address) {
        peerAddress = address;
        return this;
    }

    /// The client came by TLS, so the scheme is `https`.
    public TesterRequest secure() {
        secure = true;
        return this;
    }

    /// The id of the request.
    public TesterRequest id(String id) {
        this.id = id;
        return this;
    }

    /// Name of the route that matched; null for none.
    public TesterRequest route(@Nullable String route) {
        this.route = route;
        return this;
    }

    /// What the route's `{name}` stood for, percent-decoded.
    public TesterRequest pathParameter(String name, String value) {
        pathParameters.put(name, value);
        return this;
    }

    /// What the upstream answers.
    public TesterRequest upstream(Reply reply) {
        return upstream(_ -> reply);
    }

    /// What the upstream answers to what it gets.
    public TesterRequest upstream(Function<TesterResult.Sent, Reply> upstream) {
        this.upstream = upstream;
        return this;
    }

    /// The upstream answers with a body of unknown length.
    public TesterRequest upstreamStreams() {
        upstreamStreams = true;
        return this;
    }

    /// The upstream answers with a field more behind its body, as those that speak HTTP/2 can.
    public TesterRequest upstreamTrailer(String name, String value) {
        upstreamTrailers.add(new Field(name, value));
        return this;
    }

    /// Sends it through the policies, to the upstream where they let it pass, and back.
    public TesterResult send() {
        return new TesterRun(policies, this).run();
    }

    String method() {
        return method;
    }

    String path() {
        return path;
    }

    @Nullable
    String query() {
        return query;
    }

    String authority() {
        return authority;
    }

    boolean isSecure() {
        return secure;
    }

    String id() {
        return id;
    }

    @Nullable
    String route() {
        return route;
    }

    byte[] body() {
        return body;
    }

    boolean isChunked() {
        return chunked;
    }

    int chunkSize() {
        return chunkSize;
    }

    Map<String, String> pathParameters() {
        return pathParameters;
    }

    Reply answer(TesterResult.Sent sent) {
        return upstream.apply(sent);
    }

    List<Field> trailers() {
        return List.copyOf(trailers);
    }

    List<Field> upstreamTrailers() {
        return List.copyOf(upstreamTrailers);
    }

    boolean streams() {
        return upstreamStreams;
    }

    /// The fields with those that the gateway's own parser would have read.
    List<Field> fields() {
        List<Field> all = new ArrayList<>();
        if (!authority.isEmpty()) {
            all.add(new Field("host", authority));
        }
        all.addAll(fields);
        if (chunked) {
            all.add(new Field("transfer-encoding", "chunked"));
        } else if (body.length > 0) {
            all.add(new Field("content-length", Integer.toString(body.length)));
        }
        return all;
    }

    Client client() {
        String peer = peerAddress;
        return new TesterClient(clientAddress, peer == null ? clientAddress : peer, 54321, secure, peer != null,
                "default", tls);
    }

    /// Where the request comes from.
    private record TesterClient(String address, String peerAddress, int peerPort, boolean secure, boolean trusted,
            String listener, @Nullable TlsClient tls) implements Client {
    }
}
