package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import org.safere.Pattern;

/// A regular expression, matched in linear time whatever the input.
///
/// @param source
///            as written
@Doc("A regular expression, matched in linear time.")
public record RegexConfig(String source) {

    /// Refuses what is no regular expression.
    public RegexConfig {
        try {
            Pattern.compile(source);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "must be a regular expression: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    e);
        }
    }

    /// Reads one.
    @Shorthand
    public static RegexConfig of(String source) {
        return new RegexConfig(source);
    }

    @Override
    public String toString() {
        return source;
    }
}
