package io.tidegate.identity;

import io.tidegate.api.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The credentials in `Authorization` (RFC 9110 section 11.6.2).
public final class Authorization {

    private static final String NAME = "authorization";

    private Authorization() {
    }

    /// What stands behind the scheme; null where the field is not there or has another scheme, and empty where nothing
    /// stands there. The gateway refuses requests that have the field twice.
    ///
    /// @param scheme
    ///            compared without regard to case: `Bearer`
    public static @Nullable String credentials(Request request, String scheme) {
        List<String> values = request.headers().all(NAME);
        if (values.size() != 1) {
            return null;
        }
        String value = values.getFirst();
        int length = scheme.length();
        if (!value.regionMatches(true, 0, scheme, 0, length)) {
            return null;
        }
        if (value.length() == length) {
            return "";
        }
        return value.charAt(length) == ' ' ? value.substring(length + 1).strip() : null;
    }

    /// Takes the field out of what goes to the service.
    public static void hide(Request request) {
        request.headers().remove(NAME);
    }
}
