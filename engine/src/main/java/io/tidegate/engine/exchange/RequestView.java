package io.tidegate.engine.exchange;

import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.Headers;
import io.tidegate.api.Request;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.HeaderView;
import io.tidegate.engine.wire.KnownHeader;
import io.tidegate.engine.wire.PathCanonicaliser;
import io.tidegate.engine.wire.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The head of a request as policies see it: a view of the received bytes. Gone with its exchange, like [PolicyView].
final class RequestView implements Request {

    private final PolicyView view;
    private final HeaderView headers = new HeaderView();

    RequestView(PolicyView view) {
        this.view = view;
        headers.show(head());
    }

    void close() {
        headers.show(null);
    }

    private RequestHead head() {
        return view.exchange().request();
    }

    @Override
    public String method() {
        return head().sentMethod();
    }

    @Override
    public String scheme() {
        return view.client().secure() || isForwardedFromHttps() ? "https" : "http";
    }

    /// Whether a trusted proxy says that TLS ended there.
    private boolean isForwardedFromHttps() {
        RequestHead head = head();
        int field = view.client().trusted() ? head.find(KnownHeader.X_FORWARDED_PROTO) : -1;
        return field >= 0 && Ascii.text(head.bytes(), head.valueStart(field), head.valueEnd(field))
                .equalsIgnoreCase("https");
    }

    @Override
    public String host() {
        RequestHead head = head();
        return Ascii.text(head.hostBytes(), head.hostStart(), head.hostEnd());
    }

    @Override
    public String authority() {
        RequestHead head = head();
        return Ascii.text(head.hostBytes(), head.hostStart(), Math.max(head.hostEnd(), head.authorityEnd()));
    }

    @Override
    public String path() {
        return head().path();
    }

    @Override
    public @Nullable String query() {
        RequestHead head = head();
        return head.queryStart() < 0 ? null : Ascii.text(head.queryBytes(), head.queryStart(), head.queryEnd());
    }

    @Override
    public List<String> queryParameter(String name) {
        List<String> values = new ArrayList<>();
        String query = query();
        if (query != null) {
            for (String part : query.split("&", -1)) {
                int equals = part.indexOf('=');
                String key = equals < 0 ? part : part.substring(0, equals);
                if (decode(key, true).equals(name)) {
                    values.add(equals < 0 ? "" : decode(part.substring(equals + 1), true));
                }
            }
        }
        return values;
    }

    @Override
    public @Nullable String pathParameter(String name) {
        String text = view.exchange().match().parameterText(name);
        return text == null ? null : decode(text, false);
    }

    /// Decodes percent escapes as UTF-8; what is none stays as it is.
    private static String decode(String text, boolean form) {
        if (text.indexOf('%') < 0 && (!form || text.indexOf('+') < 0)) {
            return text;
        }
        byte[] in = Ascii.bytes(text);
        byte[] out = new byte[in.length];
        int length = 0;
        for (int i = 0; i < in.length; i++) {
            int high = i + 2 < in.length && in[i] == '%' ? Ascii.hex(in[i + 1]) : -1;
            int low = high >= 0 ? Ascii.hex(in[i + 2]) : -1;
            if (low >= 0) {
                out[length++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                out[length++] = form && in[i] == '+' ? (byte) ' ' : in[i];
            }
        }
        return new String(out, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public Headers headers() {
        return headers;
    }

    @Override
    public long contentLength() {
        return head().contentLength();
    }

    @Override
    public void setMethod(String method) {
        if (!FieldSyntax.isName(method) || method.equals("HEAD") || method.equals("CONNECT")) {
            throw new IllegalArgumentException("must be a method, not HEAD or CONNECT (was '" + method + "')");
        }
        if (head().method().equals("HEAD")) {
            throw new IllegalStateException("the method of a HEAD request can't be replaced");
        }
        head().replaceMethod(method);
    }

    @Override
    public void acceptTrailers() {
        head().acceptTrailers();
    }

    @Override
    public void setPath(String path) {
        Fault fault = PathCanonicaliser.replace(head(), path);
        if (fault != null) {
            throw new FaultException(fault);
        }
    }

    @Override
    public void setQuery(@Nullable String query) {
        if (!head().replaceQuery(query)) {
            throw new FaultException(Fault.EMIT_CTL);
        }
    }

    @Override
    public void setAuthority(String authority) {
        if (!head().replaceAuthority(authority)) {
            throw new FaultException(Fault.EMIT_CTL);
        }
    }

    @Override
    public boolean isGrpc() {
        return view.exchange().call().isActive();
    }

    @Override
    public void limitBody(long maxBytes) {
        view.exchange().call().limitBody(maxBytes);
    }

    @Override
    public void replaceBody(byte[] body) {
        view.exchange().requestSide().replaceBody(body);
    }
}
