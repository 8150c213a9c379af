package io.tidegate.engine.server;

import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersValidationException;
import io.tidegate.api.Fault;
import io.tidegate.engine.wire.FieldLines;

/// Heads of requests as Netty's codec of HTTP/3 gives them, or refuses to.
final class Http3Heads {

    private Http3Heads() {
    }

    /// Whether the request most likely has no body, although its stream has not ended yet: some clients end it in a
    /// packet of its own. To begin with it at once would mean to announce a body to the service.
    static boolean mayBeWithoutBody(Http3Headers fields) {
        CharSequence method = fields.method();
        return method != null && !fields.contains("content-length") && !fields.contains("expect")
                && switch (method.toString()) {
                    case "GET", "HEAD", "OPTIONS", "DELETE" -> true;
                    default -> false;
                };
    }

    /// Writes the fields to `lines`.
    ///
    /// @return their size as it is counted (RFC 9114 §4.2.2)
    static long read(Http3Headers fields, FieldLines lines) {
        lines.reset();
        long size = 0;
        for (var field : fields) {
            lines.add(field.getKey(), field.getValue());
            size += field.getKey().length() + field.getValue().length() + 32L;
        }
        return size;
    }

    static Fault fault(Http3HeadersValidationException cause) {
        String message = cause.getMessage();
        if (message == null) {
            return Fault.H2_PSEUDO;
        }
        if (message.startsWith("Conflicting")) {
            return Fault.TARGET_AUTHORITY;
        }
        boolean name = message.startsWith("invalid header name") || message.startsWith("empty headers");
        return name ? Fault.H2_NAME : Fault.H2_PSEUDO;
    }
}
