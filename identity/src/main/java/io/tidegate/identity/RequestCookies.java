package io.tidegate.identity;

import io.tidegate.api.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The cookies of requests (RFC 6265 section 5.4): pairs of a name and a value between semicolons, in one field or
/// several (RFC 9113 section 8.2.3).
public final class RequestCookies {

    private static final String FIELD = "cookie";

    private RequestCookies() {
    }

    /// A cookie.
    ///
    /// @param name
    ///            all of it where it has no equals sign
    /// @param value
    ///            null where it has none
    public record Cookie(String name, @Nullable String value) {

        /// Without its value.
        @Override
        public String toString() {
            return "Cookie[" + name + "]";
        }
    }

    /// The cookies whose names are wanted, in their order.
    public static List<Cookie> find(Request request, Predicate<String> wanted) {
        return split(request, wanted, null);
    }

    /// The same, taken out of what goes to the service.
    public static List<Cookie> take(Request request, Predicate<String> wanted) {
        StringBuilder others = new StringBuilder();
        List<Cookie> taken = split(request, wanted, others);
        if (!taken.isEmpty() && others.isEmpty()) {
            request.headers().remove(FIELD);
        } else if (!taken.isEmpty()) {
            request.headers().set(FIELD, others.toString());
        }
        return taken;
    }

    private static List<Cookie> split(Request request, Predicate<String> wanted, @Nullable StringBuilder others) {
        List<Cookie> found = new ArrayList<>();
        for (String field : request.headers().all(FIELD)) {
            int start = 0;
            while (start < field.length()) {
                int semicolon = field.indexOf(';', start);
                int end = semicolon < 0 ? field.length() : semicolon;
                String pair = field.substring(start, end).strip();
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals).strip();
                if (wanted.test(name)) {
                    found.add(new Cookie(name, equals < 0 ? null : pair.substring(equals + 1).strip()));
                } else if (others != null && !pair.isEmpty()) {
                    others.append(others.isEmpty() ? "" : "; ").append(pair);
                }
                start = end + 1;
            }
        }
        return found;
    }
}
