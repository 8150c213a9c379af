package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/// Where an endpoint is: `http://10.0.0.11:8080`, `http://orders.internal`, `unix:/run/orders.sock`.
///
/// @param host
///            host name or IP address without brackets, lower case; for a Unix socket its path
/// @param port
///            1 to 65535; -1 for a Unix socket
@Doc("Where an endpoint is: `http://10.0.0.11:8080`, `http://orders.internal` or `unix:/run/orders.sock`.")
public record EndpointUrl(String host, int port) {

    /// Reads one.
    @Shorthand
    public static EndpointUrl of(String text) {
        if (text.startsWith("unix:")) {
            return new EndpointUrl(AddressConfig.of(text).host(), -1);
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(expected(text), e);
        }
        if ("https".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException(
                    "TLS to upstreams is not supported by this version: must begin with http:// (was '" + text + "')");
        }
        String path = uri.getRawPath();
        boolean bare = path == null || path.isEmpty() || path.equals("/");
        if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null || uri.getRawUserInfo() != null || !bare
                || uri.getRawQuery() != null || uri.getRawFragment() != null || uri.getPort() == 0
                || uri.getPort() > 65535) {
            throw new IllegalArgumentException(expected(text));
        }
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        return new EndpointUrl(host, uri.getPort() < 0 ? 80 : uri.getPort());
    }

    private static String expected(String text) {
        return "must be http://host:port without a path, or unix:/path (was '" + text + "')";
    }

    /// Whether it is a Unix socket.
    public boolean isUnix() {
        return port < 0;
    }

    /// As it stands in `Host`, logs and metrics: `10.0.0.11:8080`.
    public String authority() {
        if (isUnix()) {
            return "unix:" + host;
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public String toString() {
        return isUnix() ? authority() : "http://" + authority();
    }
}
