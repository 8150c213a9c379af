package io.tidegate.identity.oidc;

import io.tidegate.api.Request;

/// Where a browser comes to after a login: a path with its query on the host that it has asked, and nothing else.
final class Targets {

    private static final String ROOT = "/";

    private Targets() {
    }

    /// Where the browser wants to go now; the path alone, or the root, where the whole would be too long to be kept.
    static String of(Request request) {
        String path = request.path();
        String query = request.query();
        String whole = query == null ? path : path + '?' + query;
        return safe(whole.length() <= Logins.MOST_TARGET ? whole : path.length() <= Logins.MOST_TARGET ? path : ROOT);
    }

    /// The target, or the root where browsers might take it for another host: `//evil.test`, `/\evil.test`.
    static String safe(String target) {
        if (!target.startsWith("/")) {
            return ROOT;
        }
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c > '~' || c == '\\') {
                return ROOT;
            }
        }
        return target.startsWith("//") ? ROOT : target;
    }
}
