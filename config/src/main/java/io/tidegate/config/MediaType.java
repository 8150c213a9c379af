package io.tidegate.config;

/// The grammar of media types (RFC 9110 §8.3.1), quoted values without escapes.
final class MediaType {

    private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";

    /// `type/subtype; name=value`.
    static final String SYNTAX = TOKEN + "/" + TOKEN + "( *; *" + TOKEN + "=(" + TOKEN + "|\"[ !#-\\[\\]-~]*\"))*";

    private MediaType() {
    }
}
