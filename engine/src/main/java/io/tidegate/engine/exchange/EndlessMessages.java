package io.tidegate.engine.exchange;

import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.GrpcFields;
import io.tidegate.engine.wire.KnownHeader;
import io.tidegate.engine.wire.MessageHead;

/// Which messages are streams without an end in sight, by their media type: a time to their end would cut them off.
final class EndlessMessages {

    private static final byte[] EVENT_STREAM = Ascii.bytes("text/event-stream");

    private EndlessMessages() {
    }

    /// Whether a request is a call of gRPC, in any of its encodings, `application/grpc-web` included.
    static boolean isCall(MessageHead request) {
        return GrpcFields.isOfFamily(request);
    }

    /// Whether a response is a stream of server-sent events (HTML standard, section 9.2).
    static boolean isEventStream(MessageHead response) {
        return isOfType(response, EVENT_STREAM);
    }

    private static boolean isOfType(MessageHead head, byte[] lowerType) {
        int field = head.find(KnownHeader.CONTENT_TYPE);
        if (field < 0) {
            return false;
        }
        int start = head.valueStart(field);
        int end = start + lowerType.length;
        byte[] bytes = head.bytes();
        return end <= head.valueEnd(field) && Ascii.equalsIgnoreCase(bytes, start, end, lowerType)
                && (end == head.valueEnd(field) || !Character.isLetterOrDigit(bytes[end]));
    }
}
