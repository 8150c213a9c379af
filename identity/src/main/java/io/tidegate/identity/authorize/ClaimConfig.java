package io.tidegate.identity.authorize;

import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import io.tidegate.api.Shorthand;
import java.util.List;

/// What a claim has to be.
@Doc("What a claim has to be: one value, or `anyOf` several. Numbers and truth values match claims that are one, or that are such a text; of a claim that is a list, one item has to match.")
public record ClaimConfig(@Doc("The values of which one is enough.") @Range(min = 1) List<String> anyOf) {

    /// This text.
    @Shorthand
    public static ClaimConfig of(String value) {
        return new ClaimConfig(List.of(value));
    }

    /// This number.
    @Shorthand
    public static ClaimConfig of(long value) {
        return new ClaimConfig(List.of(Long.toString(value)));
    }

    /// This truth value.
    @Shorthand
    public static ClaimConfig of(boolean value) {
        return new ClaimConfig(List.of(Boolean.toString(value)));
    }
}
