package io.tidegate.engine.wire;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.tidegate.api.GrpcStatus;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What heads and trailers say of gRPC calls (gRPC over HTTP/2): media type, timeout, status.
public final class GrpcFields {

    /// The time that a call is given where it declares none.
    public static final long NO_TIMEOUT = Long.MAX_VALUE;
    /// The timeout can't be read.
    public static final long MALFORMED = -1;

    private static final byte[] TYPE = Ascii.bytes("application/grpc");
    private static final String STATUS = "grpc-status";
    private static final String MESSAGE = "grpc-message";
    private static final int MOST_DIGITS = 8;
    private static final long MOST = 100_000_000;
    /// Times beyond it, a hundred years and more, are no limit.
    private static final long LONGEST = Long.MAX_VALUE / 4;

    private GrpcFields() {
    }

    // The media type.

    /// Whether a message is a call of gRPC or its response, in any of its encodings, `application/grpc-web` included.
    public static boolean isOfFamily(MessageHead head) {
        int end = endOfType(head);
        return end >= 0 && (isWhole(head, end) || !Character.isLetterOrDigit(head.bytes[end]));
    }

    /// Whether a message is a call of gRPC itself or its response: `application/grpc`, whatever its messages are
    /// encoded in (`application/grpc+proto`).
    public static boolean isPlain(MessageHead head) {
        int end = endOfType(head);
        return end >= 0 && (isWhole(head, end) || switch (head.bytes[end]) {
            case '+', ';', ' ', '\t' -> true;
            default -> false;
        });
    }

    private static boolean isWhole(MessageHead head, int end) {
        return end == head.valueEnd(head.find(KnownHeader.CONTENT_TYPE));
    }

    /// Where the name ends that they have in common; -1 where the message is of another type.
    private static int endOfType(MessageHead head) {
        int field = head.find(KnownHeader.CONTENT_TYPE);
        if (field < 0) {
            return -1;
        }
        int start = head.valueStart(field);
        int end = start + TYPE.length;
        return end <= head.valueEnd(field) && Ascii.equalsIgnoreCase(head.bytes, start, end, TYPE) ? end : -1;
    }

    // The timeout.

    /// How long a call may take, in nanoseconds; [#NO_TIMEOUT] or [#MALFORMED].
    public static long timeout(MessageHead request) {
        int field = request.find(KnownHeader.GRPC_TIMEOUT);
        if (field < 0) {
            return NO_TIMEOUT;
        }
        int start = request.valueStart(field);
        int unitAt = request.valueEnd(field) - 1;
        int digits = unitAt - start;
        if (digits < 1 || digits > MOST_DIGITS || request.hasTwice(KnownHeader.GRPC_TIMEOUT)) {
            return MALFORMED;
        }
        long value = 0;
        for (int i = start; i < unitAt; i++) {
            int digit = request.bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return MALFORMED;
            }
            value = value * 10 + digit;
        }
        TimeUnit unit = unit(request.bytes[unitAt]);
        if (unit == null) {
            return MALFORMED;
        }
        // Saturates where there are too many hours.
        long nanos = unit.toNanos(value);
        return nanos > LONGEST ? NO_TIMEOUT : nanos;
    }

    private static @Nullable TimeUnit unit(byte letter) {
        return switch (letter) {
            case 'H' -> TimeUnit.HOURS;
            case 'M' -> TimeUnit.MINUTES;
            case 'S' -> TimeUnit.SECONDS;
            case 'm' -> TimeUnit.MILLISECONDS;
            case 'u' -> TimeUnit.MICROSECONDS;
            case 'n' -> TimeUnit.NANOSECONDS;
            default -> null;
        };
    }

    /// Puts the time that is left in place of the timeout that was received.
    public static void replaceTimeout(MessageHead request, long nanos) {
        request.drop(KnownHeader.GRPC_TIMEOUT);
        request.removeAdded("grpc-timeout");
        request.add("grpc-timeout", timeout(nanos));
    }

    /// A time as the field has it: in the smallest unit that needs no more than eight digits, rounded down.
    static String timeout(long nanos) {
        if (nanos < MOST) {
            return nanos + "n";
        }
        if (nanos / 1_000 < MOST) {
            return nanos / 1_000 + "u";
        }
        if (nanos / 1_000_000 < MOST) {
            return nanos / 1_000_000 + "m";
        }
        long seconds = nanos / 1_000_000_000;
        return seconds < MOST ? seconds + "S" : seconds / 60 + "M";
    }

    // The status.

    /// The status that a head carries; -1 where it has none.
    public static int status(MessageHead head) {
        for (int i = 0; i < head.count; i++) {
            if (head.isVisible(i) && Ascii.equalsIgnoreCase(head.bytes, head.nameStart(i), head.nameEnd(i), STATUS)) {
                return number(Ascii.text(head.bytes, head.valueStart(i), head.valueEnd(i)));
            }
        }
        for (MessageHead.AddedField field : head.added()) {
            if (field.name().equalsIgnoreCase(STATUS)) {
                return number(field.value());
            }
        }
        return -1;
    }

    /// The status that stands behind a body; -1 where there is none.
    public static int status(Trailers trailers) {
        CharSequence value = trailers.fields().get(STATUS);
        return value == null ? -1 : number(value.toString());
    }

    private static int number(String value) {
        return value.matches("[0-9]{1,4}") ? Integer.parseInt(value) : GrpcStatus.UNKNOWN.code();
    }

    /// Puts a status into a head, which it ends.
    public static void end(MessageHead head, GrpcStatus status, String message) {
        head.add(STATUS, Integer.toString(status.code()));
        head.add(MESSAGE, GrpcStatus.encoded(message));
    }

    /// The end of a call that has begun to answer.
    public static Trailers end(GrpcStatus status, String message) {
        return new Trailers(new DefaultHttp2Headers(false, 4).add(STATUS, Integer.toString(status.code()))
                .add(MESSAGE, GrpcStatus.encoded(message)));
    }
}
