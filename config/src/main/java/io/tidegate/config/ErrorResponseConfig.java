package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Pattern;

/// A body of the user's own for an error that the gateway answers.
@Doc("A body of your own for an error that the gateway answers.")
public record ErrorResponseConfig(
        @Doc("Media type of the body.") @Default("text/html; charset=utf-8") @Pattern(value = MediaType.SYNTAX, expected = "a media type such as text/html; charset=utf-8") String contentType,

        @Doc("The body. `{status}`, `{title}` and `{requestId}` stand for those of the error.") String body) {
}
