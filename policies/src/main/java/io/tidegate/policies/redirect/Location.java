package io.tidegate.policies.redirect;

import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.policies.Template;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where a redirect leads (RFC 9110 §10.2.2). Scheme and host are fixed when it is compiled, unless `{request.host}`
/// stands there; what a request brings is data within path, query and fragment.
///
/// @param beforeFragment
///            the target up to its `#`
/// @param fragment
///            the target from its `#` on, or null
/// @param absolute
///            whether it has a scheme and a host
/// @param hostOfRequest
///            whether the host is that of the request
record Location(Template beforeFragment, @Nullable Template fragment, boolean absolute, boolean hostOfRequest) {

    private static final String REQUEST_HOST = "{request.host}";
    private static final String REQUEST_PATH = "{request.path}";

    /// Compiles a target.
    ///
    /// @throws IllegalArgumentException
    ///             where it can't be one
    static Location compile(String to) {
        for (int i = 0; i < to.length(); i++) {
            char c = to.charAt(i);
            if (c <= 0x20 || c >= 0x7F || "\"<>\\^`|".indexOf(c) >= 0) {
                throw new IllegalArgumentException("'to' holds a character that a URL cannot hold (was '" + to + "')");
            }
        }
        int hash = to.indexOf('#');
        String before = hash < 0 ? to : to.substring(0, hash);
        boolean absolute = isAbsolute(before);
        boolean path = before.startsWith(REQUEST_PATH) || (before.startsWith("/") && !before.startsWith("//"));
        if (!absolute && !path) {
            throw new IllegalArgumentException(
                    "'to' must be a URL such as https://www.example.com/ or a path such as /new (was '" + to + "')");
        }
        boolean hostOfRequest = absolute && authority(before, to).contains(REQUEST_HOST);
        try {
            return new Location(Template.compile(before, Template.Target.URL),
                    hash < 0 ? null : Template.compile(to.substring(hash), Template.Target.URL), absolute,
                    hostOfRequest);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'to': " + e.getMessage(), e);
        }
    }

    private static boolean isAbsolute(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.startsWith("https://") || lower.startsWith("http://");
    }

    /// The authority of an absolute target. Whatever a placeholder but `{request.host}` could put there would let
    /// whoever makes the link choose the host.
    private static String authority(String text, String whole) {
        int start = text.indexOf("://") + 3;
        int end = start;
        while (end < text.length() && "/?".indexOf(text.charAt(end)) < 0 && !text.startsWith(REQUEST_PATH, end)) {
            end++;
        }
        String authority = text.substring(start, end);
        String host = authority.replaceFirst(":[0-9]{1,5}$", "");
        boolean fixed = host.equals(REQUEST_HOST) || host.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
                || host.matches("\\[[0-9A-Fa-f:.]+]");
        if (!fixed) {
            throw new IllegalArgumentException(
                    "'to' must have a fixed host or {request.host} between '://' and the path (was '" + whole + "')");
        }
        return authority;
    }

    /// The value of `Location` for this exchange.
    String of(Exchange exchange, boolean keepQuery) {
        if (hostOfRequest && exchange.request().host().isEmpty()) {
            throw new FaultException(Fault.HOST_MISSING);
        }
        String target = beforeFragment.expand(exchange);
        if (!absolute && target.startsWith("//")) {
            // A browser takes what follows two slashes for a host.
            int slashes = 0;
            while (slashes < target.length() && target.charAt(slashes) == '/') {
                slashes++;
            }
            target = target.substring(slashes - 1);
        }
        String query = keepQuery ? exchange.request().query() : null;
        if (query == null && fragment == null) {
            return target;
        }
        StringBuilder out = new StringBuilder(target);
        if (query != null) {
            out.append(target.indexOf('?') < 0 ? '?' : '&');
            appendQuery(out, query);
        }
        if (fragment != null) {
            out.append(fragment.expand(exchange));
        }
        return out.toString();
    }

    /// Appends a query as it came, but for what RFC 3986 does not let stand in one.
    static void appendQuery(StringBuilder out, String query) {
        for (int i = 0; i < query.length(); i++) {
            char c = query.charAt(i);
            if ("\"<>\\^`{|}".indexOf(c) >= 0) {
                out.append('%').append(Integer.toHexString(c).toUpperCase(Locale.ROOT));
            } else {
                out.append(c);
            }
        }
    }
}
