package io.tidegate.identity;

import io.tidegate.api.Field;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What tells a client how to show who it is: a value of `WWW-Authenticate` (RFC 9110 section 11.6.1). Immutable.
public final class Challenge {

    private final String scheme;
    private final List<String> parameters;

    private Challenge(String scheme, List<String> parameters) {
        this.scheme = scheme;
        this.parameters = parameters;
    }

    /// A challenge of this scheme: `Bearer`.
    public static Challenge of(String scheme) {
        return new Challenge(scheme, List.of());
    }

    /// This challenge with one more parameter, as a quoted string (RFC 9110 section 5.6.4).
    ///
    /// @throws IllegalArgumentException
    ///             where the value can't stand in a header field
    public Challenge with(String name, String value) {
        if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new IllegalArgumentException(name + " must be visible ASCII (was '" + value + "')");
        }
        List<String> more = new ArrayList<>(parameters);
        more.add(name + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
        return new Challenge(scheme, List.copyOf(more));
    }

    /// This challenge for a place of this name, where it has one.
    public Challenge realm(@Nullable String name) {
        return name == null ? this : with("realm", name);
    }

    /// The header field, to be handed to [io.tidegate.api.Decision#fail].
    public List<Field> field() {
        return List.of(new Field("www-authenticate", toString()));
    }

    @Override
    public String toString() {
        return parameters.isEmpty() ? scheme : scheme + " " + String.join(", ", parameters);
    }
}
