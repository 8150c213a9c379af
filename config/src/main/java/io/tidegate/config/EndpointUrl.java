package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/// Where an endpoint is: `http://10.0.0.11:8080`, `https://orders.internal`, `unix:/run/orders.sock`.
///
/// @param host
///            host name or IP address without brackets, lower case; for a Unix socket its path
/// @param port
///            1 to 65535; -1 for a Unix socket
/// @param secure
///            whether it is reached by TLS
@Doc("Where an endpoint is: `http://10.0.0.11:8080`, `https://orders.internal` or `unix:/run/orders.sock`.")
public record EndpointUrl(String host, int port, boolean secure) {

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /// Reads one.
    @Shorthand
    public static EndpointUrl of(String text) {
        if (text.startsWith("unix:")) {
            return new EndpointUrl(AddressConfig.of(text).host(), -1, false);
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(expected(text), e);
        }
        boolean secure = "https".equalsIgnoreCase(uri.getScheme());
        String path = uri.getRawPath();
        boolean bare = path == null || path.isEmpty() || path.equals("/");
        if (!(secure || "http".equalsIgnoreCase(uri.getScheme())) || uri.getHost() == null
                || uri.getRawUserInfo() != null || !bare
                || uri.getRawQuery() != null || uri.getRawFragment() != null || uri.getPort() == 0
                || uri.getPort() > 65535) {
            throw new IllegalArgumentException(expected(text));
        }
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        return new EndpointUrl(host, uri.getPort() < 0 ? defaultPort(secure) : uri.getPort(), secure);
    }

    private static String expected(String text) {
        return "must be http://host:port or https://host:port without a path, or unix:/path (was '" + text + "')";
    }

    private static int defaultPort(boolean secure) {
        return secure ? HTTPS_PORT : HTTP_PORT;
    }

    /// Whether it is a Unix socket.
    public boolean isUnix() {
        return port < 0;
    }

    /// As it stands in logs and metrics: `10.0.0.11:8080`.
    public String authority() {
        if (isUnix()) {
            return "unix:" + host;
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /// As it stands in `Host`: without the port where that is the scheme's own (RFC 9110 section 4.2.3). A Unix socket
    /// has no name.
    public String hostField() {
        if (isUnix()) {
            return "localhost";
        }
        String whole = authority();
        return port == defaultPort(secure) ? whole.substring(0, whole.lastIndexOf(':')) : whole;
    }

    @Override
    public String toString() {
        return isUnix() ? authority() : (secure ? "https://" : "http://") + authority();
    }
}
