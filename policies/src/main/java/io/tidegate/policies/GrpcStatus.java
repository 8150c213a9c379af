package io.tidegate.policies;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// How a call of gRPC ended (google.rpc.Code), and what that is called in HTTP. The ordinal is what gRPC sends.
public enum GrpcStatus {
    /// It was served.
    OK(200),
    /// The caller gave it up.
    CANCELLED(499),
    /// Nobody knows why it failed.
    UNKNOWN(500),
    /// The caller sent what is wrong whatever the state of the service.
    INVALID_ARGUMENT(400),
    /// Time ran out.
    DEADLINE_EXCEEDED(504),
    /// What was asked for is not there.
    NOT_FOUND(404),
    /// What was to be made is there already.
    ALREADY_EXISTS(409),
    /// The caller is known and may not do that.
    PERMISSION_DENIED(403),
    /// A quota or a bound is used up.
    RESOURCE_EXHAUSTED(429),
    /// The service is not in the state for it.
    FAILED_PRECONDITION(400),
    /// Somebody else was faster.
    ABORTED(409),
    /// Beyond what there is.
    OUT_OF_RANGE(400),
    /// The service has no such method.
    UNIMPLEMENTED(501),
    /// Something is broken.
    INTERNAL(500),
    /// The service is not there at the moment.
    UNAVAILABLE(503),
    /// Data is lost.
    DATA_LOSS(500),
    /// The caller is not known.
    UNAUTHENTICATED(401);

    private static final GrpcStatus[] ALL = values();
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private final int http;

    GrpcStatus(int http) {
        this.http = http;
    }

    /// What gRPC sends for it.
    public int code() {
        return ordinal();
    }

    /// The status of HTTP that says the same (google.rpc.Code).
    public int http() {
        return http;
    }

    /// What a `grpc-status` field says; [#UNKNOWN] for what is none, and where there is none.
    public static GrpcStatus of(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > 2) {
            return UNKNOWN;
        }
        int code = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return UNKNOWN;
            }
            code = code * 10 + c - '0';
        }
        return code < ALL.length ? ALL[code] : UNKNOWN;
    }

    /// What a status of HTTP means to a caller of gRPC where whatever answered does not speak it (gRPC, "HTTP to gRPC
    /// status code mapping").
    public static GrpcStatus ofHttp(int status) {
        return switch (status) {
            case 400 -> INTERNAL;
            case 401 -> UNAUTHENTICATED;
            case 403 -> PERMISSION_DENIED;
            case 404 -> UNIMPLEMENTED;
            case 429, 502, 503, 504 -> UNAVAILABLE;
            default -> UNKNOWN;
        };
    }

    /// What an answer of this gateway means to a caller of gRPC. It is told more exactly than what others answer: a 400
    /// is about what the caller sent.
    public static GrpcStatus ofOwnAnswer(int status) {
        return switch (status) {
            case 400 -> INVALID_ARGUMENT;
            case 413, 429, 431 -> RESOURCE_EXHAUSTED;
            case 408, 504 -> DEADLINE_EXCEEDED;
            case 500 -> INTERNAL;
            default -> ofHttp(status);
        };
    }

    /// A text as `grpc-message` carries it: percent-encoded UTF-8.
    public static String encodeMessage(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= 0x20 && b < 0x7F && b != '%') {
                out.append((char) b);
            } else {
                out.append('%').append(HEX[b >> 4 & 0xF]).append(HEX[b & 0xF]);
            }
        }
        return out.toString();
    }

    /// What a `grpc-message` says. What is no escape stays as it is.
    public static String decodeMessage(String sent) {
        if (sent.indexOf('%') < 0) {
            return sent;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(sent.length());
        for (int i = 0; i < sent.length(); i++) {
            char c = sent.charAt(i);
            int high = c == '%' && i + 2 < sent.length() ? Character.digit(sent.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(sent.charAt(i + 2), 16);
            if (low >= 0) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
