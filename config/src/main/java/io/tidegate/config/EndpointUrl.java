package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where an endpoint is: `http://10.0.0.11:8080`, `https://orders.internal`, `unix:/run/orders.sock`; or
/// `tcp://10.0.0.12:5432`, `tls://db.internal:5432` where what is spoken with it is not HTTP.
///
/// @param scheme
///            how it is spoken with
/// @param host
///            host name or IP address without brackets, lower case; for a Unix socket its path
/// @param port
///            1 to 65535; -1 for a Unix socket
@Doc("Where an endpoint is: `http://10.0.0.11:8080`, `https://orders.internal` or `unix:/run/orders.sock`; `tcp://10.0.0.12:5432` or `tls://db.internal:5432` for listeners with `tcp` or `tlsPassthrough`.")
public record EndpointUrl(Scheme scheme, String host, int port) {

    /// How an endpoint is spoken with.
    public enum Scheme {
        /// HTTP.
        HTTP(80, false, true),
        /// HTTP over TLS.
        HTTPS(443, true, true),
        /// Bytes.
        TCP(0, false, false),
        /// Bytes over TLS.
        TLS(0, true, false),
        /// A Unix socket, whatever is spoken there.
        UNIX(-1, false, true);

        private final int port;
        private final boolean secure;
        private final boolean http;

        Scheme(int port, boolean secure, boolean http) {
            this.port = port;
            this.secure = secure;
            this.http = http;
        }

        /// Whether it is TLS.
        public boolean secure() {
            return secure;
        }

        /// Whether requests can be sent by it.
        public boolean speaksHttp() {
            return http;
        }

        private static @Nullable Scheme of(@Nullable String text) {
            return switch (text == null ? "" : text.toLowerCase(Locale.ROOT)) {
                case "http" -> HTTP;
                case "https" -> HTTPS;
                case "tcp" -> TCP;
                case "tls" -> TLS;
                default -> null;
            };
        }
    }

    /// Reads one.
    @Shorthand
    public static EndpointUrl of(String text) {
        if (text.startsWith("unix:")) {
            return new EndpointUrl(Scheme.UNIX, AddressConfig.of(text).host(), -1);
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(expected(text), e);
        }
        Scheme scheme = Scheme.of(uri.getScheme());
        String path = uri.getRawPath();
        boolean bare = path == null || path.isEmpty() || path.equals("/");
        if (scheme == null || uri.getHost() == null || uri.getRawUserInfo() != null || !bare
                || uri.getRawQuery() != null || uri.getRawFragment() != null || uri.getPort() == 0
                || uri.getPort() > 65535) {
            throw new IllegalArgumentException(expected(text));
        }
        if (uri.getPort() < 0 && scheme.port == 0) {
            throw new IllegalArgumentException("must have a port (was '" + text + "')");
        }
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        return new EndpointUrl(scheme, host, uri.getPort() < 0 ? scheme.port : uri.getPort());
    }

    private static String expected(String text) {
        return "must be http://host:port or https://host:port without a path, tcp://host:port or tls://host:port for"
                + " what is not HTTP, or unix:/path (was '" + text + "')";
    }

    /// Whether it is reached by TLS.
    public boolean secure() {
        return scheme.secure;
    }

    /// Whether requests can be sent to it.
    public boolean speaksHttp() {
        return scheme.http;
    }

    /// Whether bytes can be relayed to it, whatever they mean.
    public boolean speaksBytes() {
        return !scheme.http || isUnix();
    }

    /// Whether it is a Unix socket.
    public boolean isUnix() {
        return port < 0;
    }

    /// Whether it may be used although nobody has declared it: not where its host can't be one, and not where it is the
    /// metadata service of a cloud, which hands out credentials.
    public boolean isAcceptable() {
        return isUnix() || (host.matches("[a-z0-9_.:-]{1,253}") && port <= 65535 && !AddressChecks.isMetadata(host));
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
        return port == scheme.port ? whole.substring(0, whole.lastIndexOf(':')) : whole;
    }

    @Override
    public String toString() {
        return isUnix() ? authority() : scheme.name().toLowerCase(Locale.ROOT) + "://" + authority();
    }
}
