package io.tidegate.identity.jwt;

import io.tidegate.api.Request;
import org.jspecify.annotations.Nullable;

/// A token as a request has it.
///
/// @param text
///            what it stands in, up to its end
/// @param from
///            where it begins there
/// @param proven
///            whether the client says that it holds its key (scheme `DPoP`)
record Credential(String text, int from, boolean proven) {

    /// The token.
    String token() {
        return text.substring(from);
    }

    /// Whether there is more than one: which is meant can't be told (RFC 6750 section 2).
    boolean isOneOfSeveral() {
        return from < 0;
    }

    /// Finds tokens in requests.
    ///
    /// @param header
    ///            the field, in lower case
    /// @param cookie
    ///            null where none is looked at
    /// @param query
    ///            null where none is looked at
    /// @param dpop
    ///            whether the scheme `DPoP` is known
    record Place(String header, @Nullable String cookie, @Nullable String query, boolean dpop) {

        private static final String AUTHORIZATION = "authorization";
        private static final String BEARER = "Bearer ";
        private static final String DPOP = "DPoP ";

        private static final Credential SEVERAL = new Credential("", -1, false);

        /// The token of a request; null where it has none.
        @Nullable
        Credential find(Request request) {
            Credential found = inHeader(request);
            if (cookie != null) {
                found = either(found, inCookie(request, cookie));
            }
            if (query != null && request.query() != null) {
                for (String value : request.queryParameter(query)) {
                    found = either(found, new Credential(value, 0, false));
                }
            }
            return found;
        }

        private static @Nullable Credential either(@Nullable Credential one, @Nullable Credential other) {
            return one == null ? other : other == null ? one : SEVERAL;
        }

        private @Nullable Credential inHeader(Request request) {
            String value = request.headers().get(header);
            if (value == null) {
                return null;
            }
            if (!header.equals(AUTHORIZATION)) {
                return new Credential(value, 0, false);
            }
            if (value.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                return new Credential(value, BEARER.length(), false);
            }
            if (dpop && value.regionMatches(true, 0, DPOP, 0, DPOP.length())) {
                return new Credential(value, DPOP.length(), true);
            }
            return null; // credentials of another kind are none of ours
        }

        private static @Nullable Credential inCookie(Request request, String name) {
            Credential found = null;
            // Cookies in several fields are no list (RFC 9113 section 8.2.3), and services look at all of them.
            for (String cookies : request.headers().all("cookie")) {
                int start = 0;
                while (start < cookies.length()) {
                    int semicolon = cookies.indexOf(';', start);
                    int end = semicolon < 0 ? cookies.length() : semicolon;
                    found = either(found, named(cookies, start, end, name));
                    start = end + 1;
                }
            }
            return found;
        }

        private static @Nullable Credential named(String cookies, int from, int to, String name) {
            int start = from;
            int end = to;
            while (start < end && isSpace(cookies.charAt(start))) {
                start++;
            }
            while (end > start && isSpace(cookies.charAt(end - 1))) {
                end--;
            }
            int value = start + name.length() + 1;
            return value <= end && cookies.startsWith(name, start) && cookies.charAt(value - 1) == '='
                    ? new Credential(cookies.substring(value, end), 0, false)
                    : null;
        }

        private static boolean isSpace(char c) {
            return c == ' ' || c == '	';
        }
    }
}
