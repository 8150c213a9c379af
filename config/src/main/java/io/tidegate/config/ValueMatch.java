package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import org.jspecify.annotations.Nullable;

/// What the value of a header field or a query parameter must be like: exactly one of the three is given.
@Doc("What a value must be like: exactly one of these is given.")
public record ValueMatch(
        @Doc("The value itself.") @Nullable String exact,

        @Doc("`true`: it must be there; `false`: it must not.") @Nullable Boolean present,

        @Doc("A regular expression for the whole value. Matched in linear time.") @Nullable RegexConfig regex) {

    /// Refuses none and more than one.
    public ValueMatch {
        int given = (exact != null ? 1 : 0) + (present != null ? 1 : 0) + (regex != null ? 1 : 0);
        if (given != 1) {
            throw new IllegalArgumentException("must have exactly one of 'exact', 'present' and 'regex'");
        }
    }

    /// An exact value.
    @Shorthand
    public static ValueMatch of(String exact) {
        return new ValueMatch(exact, null, null);
    }
}
