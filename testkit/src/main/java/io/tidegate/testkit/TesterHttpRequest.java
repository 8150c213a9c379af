package io.tidegate.testkit;

import io.tidegate.api.BodyTransform;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.Request;
import io.tidegate.engine.wire.PathCanonicaliser;
import io.tidegate.engine.wire.RequestHead;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The request that policies under test see and change.
final class TesterHttpRequest implements Request {

    /// Largest body that the gateway lets through where no policy says otherwise, in bytes.
    private static final long DEFAULT_LIMIT = 10L << 20;

    private static final Pattern AUTHORITY = Pattern
            .compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9_~-][A-Za-z0-9._~-]*)(:([0-9]{1,5}))?");

    private final Confinement confinement;
    private final TesterRequest described;
    private final TesterHeaders headers;
    private final List<BodyTransform> transforms = new ArrayList<>();
    private String method;
    private boolean acceptsTrailers;
    private String path;
    private @Nullable String query;
    private @Nullable String upstreamAuthority;
    private long limit = DEFAULT_LIMIT;
    private byte[] body;
    private boolean collected;
    private boolean replaced;
    private boolean sent;

    TesterHttpRequest(Confinement confinement, TesterRequest described) {
        this.confinement = confinement;
        this.described = described;
        this.headers = new TesterHeaders(confinement, described.fields());
        this.method = described.method();
        this.path = described.path();
        this.query = described.query();
        this.body = described.body();
    }

    /// The canonical form of a path, as the gateway makes it.
    ///
    /// @throws FaultException
    ///             where it is no path
    static String canonical(String path) {
        RequestHead head = new RequestHead();
        head.reset();
        Fault fault = PathCanonicaliser.replace(head, path);
        if (fault != null) {
            throw new FaultException(fault);
        }
        return head.path();
    }

    static boolean isAuthority(String authority) {
        var matcher = AUTHORITY.matcher(authority);
        if (!matcher.matches() || authority.length() > 261) {
            return false;
        }
        String port = matcher.group(3);
        return port == null || (Integer.parseInt(port) > 0 && Integer.parseInt(port) <= 65535);
    }

    static boolean isQuery(String query) {
        return query.chars().allMatch(c -> c > 0x20 && c < 0x7F && c != '#');
    }

    @Override
    public String method() {
        confinement.check();
        return method;
    }

    @Override
    public String scheme() {
        confinement.check();
        return described.isSecure() ? "https" : "http";
    }

    @Override
    public String host() {
        String authority = authority();
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    }

    @Override
    public String authority() {
        confinement.check();
        return described.authority().toLowerCase(Locale.ROOT);
    }

    @Override
    public String path() {
        confinement.check();
        return path;
    }

    @Override
    public @Nullable String query() {
        confinement.check();
        return query;
    }

    @Override
    public List<String> queryParameter(String name) {
        confinement.check();
        List<String> values = new ArrayList<>();
        if (query != null) {
            for (String parameter : query.split("&", -1)) {
                int equals = parameter.indexOf('=');
                String key = equals < 0 ? parameter : parameter.substring(0, equals);
                if (!parameter.isEmpty() && decoded(key).equals(name)) {
                    values.add(equals < 0 ? "" : decoded(parameter.substring(equals + 1)));
                }
            }
        }
        return List.copyOf(values);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    @Override
    public @Nullable String pathParameter(String name) {
        confinement.check();
        Map<String, String> parameters = described.pathParameters();
        return parameters.get(name);
    }

    @Override
    public TesterHeaders headers() {
        return headers;
    }

    @Override
    public long contentLength() {
        confinement.check();
        return described.isChunked() ? -1 : described.body().length;
    }

    @Override
    public void setMethod(String method) {
        change();
        if (!FieldSyntax.isName(method) || method.equals("HEAD") || method.equals("CONNECT")) {
            throw new IllegalArgumentException("must be a method, not HEAD or CONNECT (was '" + method + "')");
        }
        if (described.method().equals("HEAD")) {
            throw new IllegalStateException("the method of a HEAD request can't be replaced");
        }
        this.method = method;
    }

    @Override
    public void acceptTrailers() {
        change();
        acceptsTrailers = true;
    }

    @Override
    public void setPath(String path) {
        change();
        this.path = canonical(path);
    }

    @Override
    public void setQuery(@Nullable String query) {
        change();
        if (query != null && !isQuery(query)) {
            throw new FaultException(Fault.EMIT_CTL);
        }
        this.query = query;
    }

    @Override
    public void setAuthority(String authority) {
        change();
        if (!isAuthority(authority)) {
            throw new FaultException(Fault.EMIT_CTL);
        }
        upstreamAuthority = authority;
    }

    @Override
    public void limitBody(long maxBytes) {
        change();
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes must be 0 or more (was " + maxBytes + ")");
        }
        limit = maxBytes;
    }

    @Override
    public void replaceBody(byte[] body) {
        change();
        if (!collected) {
            throw new IllegalStateException("only a body that withBody has collected can be replaced");
        }
        this.body = body;
        replaced = true;
    }

    private void change() {
        confinement.check();
        if (sent) {
            throw new IllegalStateException("the request was sent already and can't be changed any more");
        }
    }

    void addTransform(BodyTransform transform) {
        transforms.add(transform);
    }

    /// The body, held back whole.
    TesterBody collect(long maxBytes) {
        checkLimit();
        if (body.length > maxBytes) {
            throw new FaultException(Fault.BODY_TOO_LARGE);
        }
        collected = true;
        return new TesterBody(body, replaced ? List.of() : described.trailers());
    }

    private void checkLimit() {
        if (!replaced && body.length > limit) {
            throw new FaultException(Fault.BODY_TOO_LARGE);
        }
    }

    /// What goes upstream; from here on nothing can be changed.
    TesterResult.Sent send() {
        sent = true;
        headers.freeze();
        checkLimit();
        TesterBody.Whole whole = new TesterBody.Whole(body, replaced ? List.of() : described.trailers());
        if (body.length > 0 || (described.isChunked() && !replaced)) {
            for (BodyTransform transform : transforms) {
                whole = TesterBody.transform(whole, described.chunkSize(), transform);
            }
        }
        String authority = upstreamAuthority == null ? authority() : upstreamAuthority;
        return new TesterResult.Sent(method(), path, query, authority, headers.forwarded(), whole.content(),
                whole.trailers(), acceptsTrailers);
    }
}
