package io.tidegate.testkit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A response as a client received it.
///
/// @param status
///            the status
/// @param reason
///            the reason phrase
/// @param fields
///            the header fields in their order
/// @param body
///            the body without its framing, as ISO-8859-1, as much as came
/// @param trailers
///            trailer fields of a chunked body
/// @param framing
///            how the end of the body was told
/// @param complete
///            whether the body came to its end as its framing says
public record RawResponse(int status, String reason, List<RawField> fields, String body, List<RawField> trailers,
        Framing framing, boolean complete) {

    /// How the end of a body is told.
    public enum Framing {
        /// There is none.
        NONE,
        /// `Content-Length`.
        LENGTH,
        /// `Transfer-Encoding: chunked`.
        CHUNKED,
        /// The end of the connection.
        CLOSE
    }

    /// The value of the field, several joined by `, `; null where there is none.
    public @Nullable String field(String name) {
        return MessageReader.join(fields, name);
    }

    /// The code of the fault that a problem answer tells (`framing.cl_te`); empty where it is none.
    public String fault() {
        return faultIn(body);
    }

    static String faultIn(String body) {
        String mark = "\"type\":\"urn:tidegate:";
        int start = body.indexOf(mark);
        int end = start < 0 ? -1 : body.indexOf('"', start + mark.length());
        return end < 0 ? "" : body.substring(start + mark.length(), end);
    }
}
