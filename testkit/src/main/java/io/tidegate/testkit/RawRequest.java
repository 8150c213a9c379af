package io.tidegate.testkit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request as an upstream received it.
///
/// @param method
///            the method
/// @param target
///            the target as received
/// @param version
///            `HTTP/1.1`
/// @param fields
///            the header fields in their order
/// @param body
///            the body without its framing, as ISO-8859-1
/// @param trailers
///            trailer fields of a chunked body
/// @param chunked
///            whether the body was chunked
public record RawRequest(String method, String target, String version, List<RawField> fields, String body,
        List<RawField> trailers, boolean chunked) {

    /// The value of the field, several joined by `, `; null where there is none.
    public @Nullable String field(String name) {
        return MessageReader.join(fields, name);
    }

    /// How often a field of this name was received.
    public long count(String name) {
        return fields.stream().filter(field -> field.name().equalsIgnoreCase(name)).count();
    }

    /// The request line.
    public String line() {
        return method + " " + target + " " + version;
    }
}
