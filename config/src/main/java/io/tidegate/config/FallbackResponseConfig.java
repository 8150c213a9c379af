package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.Pattern;
import io.tidegate.api.Range;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// An answer that stands in for a service that can't be reached.
@Doc("An answer that the gateway gives where no endpoint of the service can be reached.")
public record FallbackResponseConfig(
        @Doc("Status of the answer.") @Default("200") @Range(min = 200, max = 599) int status,

        @Doc("Header fields of the answer.") @Default("{}") Map<String, String> headers,

        @Doc("The body, of at most 64 KiB.") @Default("''") String body,

        @Doc("Media type of the body.") @Default("application/json") @Pattern(value = MediaType.SYNTAX, expected = "a media type such as application/json") String contentType) {

    private static final int MOST_BYTES = 64 << 10;
    private static final Set<String> OURS = Set.of("content-type", "content-length", "transfer-encoding", "connection",
            "keep-alive", "proxy-connection", "te", "trailer", "upgrade", "http2-settings", "date");

    /// Refuses what can't be sent.
    public FallbackResponseConfig {
        if (!body.isEmpty() && (status == 204 || status == 205 || status == 304)) {
            throw new IllegalArgumentException("'body' must be left out: a " + status + " has none");
        }
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        if (length > MOST_BYTES) {
            throw new IllegalArgumentException("'body' must have at most 64KiB (has " + length + " bytes)");
        }
        Set<String> seen = new HashSet<>();
        headers.forEach((name, value) -> {
            if (!FieldSyntax.isName(name)) {
                throw new IllegalArgumentException(
                        "header name '" + name + "' must be a token (RFC 9110 section 5.6.2)");
            }
            if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("'" + name + "' is written by the gateway itself");
            }
            if (!seen.add(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("'" + name + "' is named twice (case does not matter)");
            }
            if (!FieldSyntax.isValue(value) || !value.equals(value.strip())) {
                throw new IllegalArgumentException("value of '" + name
                        + "' must not hold control characters or characters above U+00FF, or begin or end with white space");
            }
        });
    }
}
