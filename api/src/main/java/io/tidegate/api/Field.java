package io.tidegate.api;

/// One header field: a name and a value, as in RFC 9110 §5.
///
/// @param name
///            a token; compared without regard to case
/// @param value
///            visible ASCII, spaces, tabs and bytes above 0x7F (as ISO-8859-1); never CR, LF or NUL
public record Field(String name, String value) {

    /// Refuses what cannot be a header field.
    public Field {
        if (!FieldSyntax.isName(name)) {
            throw new IllegalArgumentException("header name '" + name + "' must be a token (RFC 9110 section 5.6.2)");
        }
        if (!FieldSyntax.isValue(value)) {
            throw new IllegalArgumentException("value of header '" + name + "' must not hold control characters");
        }
    }
}
