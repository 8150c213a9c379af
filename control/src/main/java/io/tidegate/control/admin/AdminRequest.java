package io.tidegate.control.admin;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A request to the admin listener.
public final class AdminRequest {

    private final HttpExchange exchange;

    AdminRequest(HttpExchange exchange) {
        this.exchange = exchange;
    }

    /// The method, as sent.
    public String method() {
        return exchange.getRequestMethod();
    }

    /// Whether only the head of the answer is wanted.
    boolean isHead() {
        return method().equals("HEAD");
    }

    /// The path, as sent: nothing is decoded or folded.
    String path() {
        return exchange.getRequestURI().getRawPath();
    }

    /// Whether the target is a path and a query alone (RFC 9112 section 3.2.1).
    boolean isOriginForm() {
        String path = exchange.getRequestURI().getRawPath();
        return exchange.getRequestURI().getScheme() == null && exchange.getRequestURI().getRawAuthority() == null
                && path != null && path.startsWith("/");
    }

    /// Who asks.
    public InetAddress client() {
        return exchange.getRemoteAddress().getAddress();
    }

    /// All values of a header field, in order; empty without the field.
    List<String> fields(String name) {
        List<String> values = exchange.getRequestHeaders().get(name);
        return values == null ? List.of() : values;
    }

    /// The parameters of the query, decoded, in the order in which their names came first.
    ///
    /// @throws ProblemException
    ///             400, if the query can't be decoded
    public Map<String, List<String>> query() {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        String query = exchange.getRequestURI().getRawQuery();
        if (query == null || query.isEmpty()) {
            return parameters;
        }
        for (String part : query.split("&", -1)) {
            if (part.isEmpty()) {
                continue;
            }
            int equals = part.indexOf('=');
            String name = decoded(equals < 0 ? part : part.substring(0, equals));
            String value = equals < 0 ? "" : decoded(part.substring(equals + 1));
            parameters.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
        }
        return parameters;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(400, "the query must be percent-encoded UTF-8 (has '" + text + "')");
        }
    }

    /// The whole body.
    ///
    /// @param limit
    ///            most bytes that it may have
    /// @throws ProblemException
    ///             413, if it has more
    public byte[] body(int limit) throws IOException {
        refuseLongerThan(limit);
        byte[] body = exchange.getRequestBody().readNBytes(limit + 1);
        if (body.length > limit) {
            throw tooLong(limit);
        }
        return body;
    }

    /// Reads a body to its end, of which nothing is wanted, so that the connection can be used again.
    ///
    /// @param limit
    ///            most bytes that it may have
    /// @throws ProblemException
    ///             413, if it has more
    public void discardBody(long limit) throws IOException {
        refuseLongerThan(limit);
        InputStream body = exchange.getRequestBody();
        byte[] chunk = new byte[8192];
        long total = 0;
        for (int read = body.read(chunk); read >= 0; read = body.read(chunk)) {
            total += read;
            if (total > limit) {
                throw tooLong(limit);
            }
        }
    }

    // What a client announces is believed before it is read, so that it need not be.
    private void refuseLongerThan(long limit) {
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        // The server has parsed it as a long before.
        if (length != null && Long.parseLong(length) > limit) {
            throw tooLong(limit);
        }
    }

    private static ProblemException tooLong(long limit) {
        return new ProblemException(413, "the body must have at most " + limit + " bytes");
    }
}
