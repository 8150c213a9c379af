package io.tidegate.identity.token;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a request is about, as a URL that two parties can compare (RFC 9449 section 4.3, RFC 3986 section 6.2).
public final class TargetUrl {

    private TargetUrl() {
    }

    /// The URL of a request, without its query.
    ///
    /// @param scheme
    ///            `http`, `https`
    /// @param authority
    ///            its host, with a port where it has one
    /// @param path
    ///            its canonical path
    public static @Nullable String of(String scheme, String authority, String path) {
        return canonical(scheme + "://" + authority + path);
    }

    /// A URL without query and fragment, its host in lower case, without the scheme's own port, its percent escapes in
    /// upper case and only where they must be; null for a text that is none.
    public static @Nullable String canonical(String text) {
        try {
            URI url = URI.create(text).normalize();
            String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
            boolean secure = scheme.equals("https");
            if (!(secure || scheme.equals("http")) || url.getHost() == null || url.getUserInfo() != null) {
                return null;
            }
            int port = url.getPort() == (secure ? 443 : 80) ? -1 : url.getPort();
            String path = url.getRawPath().isEmpty() ? "/" : unescaped(url.getRawPath());
            return scheme + "://" + url.getHost().toLowerCase(Locale.ROOT) + (port < 0 ? "" : ":" + port) + path;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String unescaped(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        StringBuilder plain = new StringBuilder(path.length());
        int at = 0;
        while (at < path.length()) {
            if (path.charAt(at) != '%') {
                plain.append(path.charAt(at++));
                continue;
            }
            String escape = path.substring(at, at + 3).toUpperCase(Locale.ROOT);
            char meant = (char) Integer.parseInt(escape.substring(1), 16);
            boolean unreserved = meant < 128 && (Character.isLetterOrDigit(meant) || "-._~".indexOf(meant) >= 0);
            plain.append(unreserved ? String.valueOf(meant) : escape);
            at += 3;
        }
        return plain.toString();
    }
}
