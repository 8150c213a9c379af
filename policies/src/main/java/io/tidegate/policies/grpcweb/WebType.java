package io.tidegate.policies.grpcweb;

import org.jspecify.annotations.Nullable;

/// A media type of gRPC-Web, taken apart: `application/grpc-web-text+proto`.
///
/// @param text
///            whether bodies are base64
/// @param format
///            how messages are written: `+proto`; empty where the type does not say
record WebType(boolean text, String format) {

    private static final String GRPC = "application/grpc";
    private static final String WEB = "-web";
    private static final String TEXT = "-text";

    /// Reads the value of a field, null for another type. Parameters do not matter.
    static @Nullable WebType of(@Nullable String type) {
        if (type == null || !type.regionMatches(true, 0, GRPC, 0, GRPC.length())
                || !type.regionMatches(true, GRPC.length(), WEB, 0, WEB.length())) {
            return null;
        }
        int at = GRPC.length() + WEB.length();
        boolean text = type.regionMatches(true, at, TEXT, 0, TEXT.length());
        String format = format(type, text ? at + TEXT.length() : at);
        return format == null ? null : new WebType(text, format);
    }

    /// How the messages of a type of gRPC itself are written; null for another type.
    static @Nullable String formatOfGrpc(@Nullable String type) {
        return type == null || !type.regionMatches(true, 0, GRPC, 0, GRPC.length())
                ? null
                : format(type, GRPC.length());
    }

    /// What stands between the name and the parameters: nothing, or `+proto`. Null for anything else.
    private static @Nullable String format(String type, int from) {
        int end = type.indexOf(';', from);
        String rest = type.substring(from, end < 0 ? type.length() : end).strip();
        return rest.isEmpty() || rest.charAt(0) == '+' ? rest : null;
    }

    /// The type that the service gets.
    String grpc() {
        return GRPC + format;
    }

    /// This type as browsers get it.
    String web() {
        return GRPC + WEB + (text ? TEXT : "") + format;
    }

    /// The type of an answer to a request of this type: an `Accept` field may ask for text, or for none.
    WebType answer(@Nullable String accept) {
        if (accept == null) {
            return this;
        }
        int first = accept.indexOf(',');
        WebType wanted = of(first < 0 ? accept : accept.substring(0, first));
        return wanted == null ? this : new WebType(wanted.text, format);
    }
}
