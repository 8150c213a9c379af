package io.tidegate.identity.jwt;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import java.util.List;

/// Values of which a claim must have one.
@Doc("Values of which a claim must have one: a value, `{ oneOf: [a, b] }`, or `{}` for any.")
public record OneOfConfig(
        @Doc("The values. A claim that is a list must hold one of them.") @Default("[]") List<String> oneOf) {

    /// This value.
    @Shorthand
    public static OneOfConfig of(String value) {
        return new OneOfConfig(List.of(value));
    }

    /// This number.
    @Shorthand
    public static OneOfConfig of(long value) {
        return of(Long.toString(value));
    }

    /// This truth value.
    @Shorthand
    public static OneOfConfig of(boolean value) {
        return of(Boolean.toString(value));
    }
}
