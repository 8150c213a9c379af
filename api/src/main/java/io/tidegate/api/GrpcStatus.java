package io.tidegate.api;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How a gRPC call ended, by the seventeen codes that gRPC has. The ordinal is the number that is sent.
public enum GrpcStatus {
    /// It went well.
    OK(200),
    /// The caller gave it up.
    CANCELLED(499),
    /// Nothing better is known.
    UNKNOWN(500),
    /// The caller sent what can't be right.
    INVALID_ARGUMENT(400),
    /// It took longer than it may.
    DEADLINE_EXCEEDED(504),
    /// What was asked for is not there.
    NOT_FOUND(404),
    /// What was to be made is there already.
    ALREADY_EXISTS(409),
    /// The caller, who is known, may not do it.
    PERMISSION_DENIED(403),
    /// A bound was reached.
    RESOURCE_EXHAUSTED(429),
    /// Something else has to be done before.
    FAILED_PRECONDITION(400),
    /// It met another call and lost.
    ABORTED(409),
    /// It went past the end.
    OUT_OF_RANGE(400),
    /// There is no such method.
    UNIMPLEMENTED(501),
    /// A side broke the rules.
    INTERNAL(500),
    /// The service can't be reached now; a caller may try again.
    UNAVAILABLE(503),
    /// Data are lost.
    DATA_LOSS(500),
    /// Who calls is not known.
    UNAUTHENTICATED(401);

    private static final List<GrpcStatus> ALL = List.of(values());
    private static final int HIGHEST = UNAUTHENTICATED.ordinal();

    private final int http;

    GrpcStatus(int http) {
        this.http = http;
    }

    /// The number that is sent.
    public int code() {
        return ordinal();
    }

    /// The status of HTTP that says the same (google.rpc.Code).
    public int http() {
        return http;
    }

    /// What a `grpc-status` field says; [#UNKNOWN] for what is none, and where there is none.
    public static GrpcStatus parse(@Nullable String text) {
        boolean number = text != null && !text.isEmpty() && text.length() <= 2
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? of(Integer.parseInt(text)) : UNKNOWN;
    }

    /// The status of this number; [#UNKNOWN] for one that is none.
    public static GrpcStatus of(int code) {
        return code < 0 || code > HIGHEST ? UNKNOWN : ALL.get(code);
    }

    /// The status that a call is answered with where the gateway could not serve it. A fault of a policy's own goes by
    /// its HTTP status.
    public static GrpcStatus of(Fault fault) {
        return switch (fault.code()) {
            case "upstream.connect_timeout" -> UNAVAILABLE;
            // What was answered is no call of gRPC; trying again would not help.
            case "upstream.invalid", "upstream.head_too_large" -> INTERNAL;
            default -> ofAnswer(fault.status());
        };
    }

    /// What an answer of the gateway's own means to a caller, by its HTTP status. It is told more exactly than what
    /// others answer: a 400 is about what the caller sent.
    public static GrpcStatus ofAnswer(int status) {
        return switch (status) {
            case 400 -> INVALID_ARGUMENT;
            case 405, 501 -> UNIMPLEMENTED;
            case 408, 504 -> DEADLINE_EXCEEDED;
            case 413, 414, 431 -> RESOURCE_EXHAUSTED;
            case 499 -> CANCELLED;
            case 500 -> INTERNAL;
            default -> ofHttp(status);
        };
    }

    /// What clients take a response without a gRPC status for, by its HTTP status (gRPC's document
    /// `http-grpc-status-mapping`).
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

    /// A text as `grpc-message` carries it: UTF-8, with percent escapes for all but the printable characters of ASCII.
    public static String encoded(String message) {
        StringBuilder text = new StringBuilder(message.length() + 16);
        for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~' && b != '%') {
                text.append((char) b);
            } else {
                text.append('%').append(String.format(Locale.ROOT, "%02X", b & 0xFF));
            }
        }
        return text.toString();
    }

    /// What a `grpc-message` says. What is no escape stays as it is.
    public static String decoded(String sent) {
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
