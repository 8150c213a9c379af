package io.tidegate.testkit;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What came back on one stream of HTTP/2 or HTTP/3.
///
/// @param status
///            the final one, 0 where none came
/// @param interim
///            statuses of interim responses
/// @param fields
///            of the head, in order
/// @param body
///            in ISO-8859-1
/// @param trailers
///            behind the body
/// @param reset
///            error code of the reset that ended the stream, -1 for none
/// @param complete
///            whether the stream was ended in order
public record Http2Response(int status, List<Integer> interim, List<RawField> fields, String body,
        List<RawField> trailers, long reset, boolean complete) {

    /// The value of the first field of this name, or null.
    public @Nullable String field(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return fields.stream().filter(field -> field.name().equals(wanted)).map(RawField::value).findFirst()
                .orElse(null);
    }

    /// The code of the fault that a problem answer tells; empty where it is none.
    public String fault() {
        return RawResponse.faultIn(body);
    }
}
