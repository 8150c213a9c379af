package io.tidegate.extauthz;

import io.tidegate.api.ByteSize;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.HttpClientConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Configuration of `extAuthz`.
@Doc("Asks a service by gRPC whether a request may pass, by Envoy's interface for that (`envoy.service.auth.v3.Authorization/Check`).")
public record ExtAuthzConfig(
        @Doc("The service: `http://127.0.0.1:9002`, or `https://…` for TLS.") String url,

        @Doc("Fields of the request that the service is told of. Empty: all but those of the connection and those that say where a request came from.") @Default("[]") List<String> headers,

        @Doc("Longest body that goes along, at most 1MiB; a request with a longer one is answered 413. Left out: no body goes along.") @Nullable ByteSize includeBody,

        @Doc("What else the service is told, the same for every request: its `context_extensions`.") @Default("{}") Map<String, String> contextExtensions,

        @Doc("Fields that the service may put into a request that passes. What clients send under these names is taken out.") @Default("[]") List<String> requestHeaders,

        @Doc("Fields that the service may put into the answer to a request that does not pass.") @Default("[WWW-Authenticate, Location, Set-Cookie, Content-Type]") List<String> responseHeaders,

        @Doc("What becomes of requests while the service can't be asked, or answers with what decides nothing.") @Default("deny") OnFailure onFailure,

        @Doc("How the service is called. `timeout` is the deadline of a call, `maxBody` the largest answer.") @Default("{}") HttpClientConfig http) {

    private static final Set<String> OF_CONNECTIONS = Set.of("connection", "keep-alive", "proxy-connection", "te",
            "trailer", "upgrade", "transfer-encoding", "content-length", "http2-settings", "proxy-authenticate",
            "proxy-authorization", "expect", "host");
    private static final Set<String> OF_CLIENTS = Set.of("authorization", "cookie", "content-type", "accept");
    private static final long MOST_BODY = 1 << 20;

    /// What becomes of requests on which nobody decides.
    public enum OnFailure {
        @Doc("They are answered 503.")
        DENY, @Doc("They pass.")
        ALLOW
    }

    /// Refuses what is no address, and fields that are the gateway's or clients'.
    public ExtAuthzConfig {
        address(url);
        headers.forEach(name -> check("headers", name));
        responseHeaders.forEach(name -> check("responseHeaders", name));
        for (String name : requestHeaders) {
            check("requestHeaders", name);
            if (isOfTheGateway(name) || OF_CLIENTS.contains(name.toLowerCase(Locale.ROOT))) {
                throw new ConfigException("requestHeaders",
                        "must not hold '" + name + "', which clients or the gateway write");
            }
        }
        if (includeBody != null && includeBody.bytes() > MOST_BODY) {
            throw new ConfigException("includeBody", "must be at most 1MiB (was " + includeBody + ")");
        }
    }

    private static void check(String component, String name) {
        if (!FieldSyntax.isName(name) || isOfConnection(name)) {
            throw new ConfigException(component,
                    "must hold names of header fields that do not belong to one connection (was '" + name + "')");
        }
    }

    /// Whether a field belongs to one connection or one message, so to the gateway.
    static boolean isOfConnection(String name) {
        return OF_CONNECTIONS.contains(name.toLowerCase(Locale.ROOT));
    }

    /// Whether the gateway says by a field where a request came from, and which one it is.
    static boolean isOfTheGateway(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith("x-forwarded-") || lower.equals("forwarded") || lower.equals("x-request-id");
    }

    /// Where the service is.
    URI address() {
        return address(url);
    }

    private static URI address(String text) {
        try {
            URI url = new URI(text);
            boolean known = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            boolean bare = url.getRawPath().isEmpty() || url.getRawPath().equals("/");
            if (known && bare && url.getHost() != null && url.getPort() != 0 && url.getPort() <= 65535
                    && url.getRawUserInfo() == null && url.getRawQuery() == null && url.getRawFragment() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw new ConfigException("url", "must be an address such as http://127.0.0.1:9002 (was '" + text + "')");
    }
}
