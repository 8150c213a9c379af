package io.tidegate.api;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// How a gRPC call ended, by the seventeen codes that gRPC has. The ordinal is the number that is sent.
public enum GrpcStatus {
    /// It went well.
    OK,
    /// The caller gave it up.
    CANCELLED,
    /// Nothing better is known.
    UNKNOWN,
    /// The caller sent what can't be right.
    INVALID_ARGUMENT,
    /// It took longer than it may.
    DEADLINE_EXCEEDED,
    /// What was asked for is not there.
    NOT_FOUND,
    /// What was to be made is there already.
    ALREADY_EXISTS,
    /// The caller, who is known, may not do it.
    PERMISSION_DENIED,
    /// A bound was reached.
    RESOURCE_EXHAUSTED,
    /// Something else has to be done before.
    FAILED_PRECONDITION,
    /// It met another call and lost.
    ABORTED,
    /// It went past the end.
    OUT_OF_RANGE,
    /// There is no such method.
    UNIMPLEMENTED,
    /// A side broke the rules.
    INTERNAL,
    /// The service can't be reached now; a caller may try again.
    UNAVAILABLE,
    /// Data are lost.
    DATA_LOSS,
    /// Who calls is not known.
    UNAUTHENTICATED;

    private static final List<GrpcStatus> ALL = List.of(values());
    private static final int HIGHEST = UNAUTHENTICATED.ordinal();

    /// The number that is sent.
    public int code() {
        return ordinal();
    }

    /// The status of this number; [#UNKNOWN] for one that is none.
    public static GrpcStatus of(int code) {
        return code < 0 || code > HIGHEST ? UNKNOWN : ALL.get(code);
    }

    /// The status that a call is answered with where the gateway could not serve it. A fault of a policy's own goes by
    /// its HTTP status.
    public static GrpcStatus of(Fault fault) {
        return switch (fault.code()) {
            case "grpc.timeout_syntax" -> INVALID_ARGUMENT;
            case "grpc.deadline", "upstream.timeout", "policy.timeout" -> DEADLINE_EXCEEDED;
            // What was answered is no call of gRPC; trying again would not help.
            case "upstream.invalid", "upstream.head_too_large" -> INTERNAL;
            default -> switch (fault.status()) {
                case 405, 501 -> UNIMPLEMENTED;
                case 408 -> DEADLINE_EXCEEDED;
                case 413, 414, 431 -> RESOURCE_EXHAUSTED;
                case 499 -> CANCELLED;
                case 500 -> INTERNAL;
                default -> ofHttp(fault.status());
            };
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
}
