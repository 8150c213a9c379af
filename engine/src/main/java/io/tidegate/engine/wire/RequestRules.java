package io.tidegate.engine.wire;

import io.tidegate.api.Fault;
import org.jspecify.annotations.Nullable;

/// What the fields of a request mean together: framing (RFC 9112 §6), host (RFC 9112 §3.2), connection (RFC 9110
/// §7.6), and what must not be said twice. Refuses whatever two readers could understand in two ways.
final class RequestRules {

    /// Most ranges that a request may ask a service for.
    static final int MAX_RANGES = 8;

    private static final byte[] CHUNKED = Ascii.bytes("chunked");
    private static final byte[] CLOSE = Ascii.bytes("close");
    private static final byte[] KEEP_ALIVE = Ascii.bytes("keep-alive");
    private static final byte[] CONTINUE = Ascii.bytes("100-continue");

    private RequestRules() {
    }

    static @Nullable Fault check(RequestHead head) {
        Fault fault = framing(head);
        if (fault == null) {
            fault = fields(head);
        }
        if (fault != null) {
            showHost(head);
            return fault;
        }
        return RequestTarget.read(head);
    }

    /// Reads the host of a request that is refused for something else, for the access log.
    private static void showHost(RequestHead head) {
        if (head.has(KnownHeader.HOST) && !head.hasTwice(KnownHeader.HOST)) {
            int field = head.find(KnownHeader.HOST);
            // One that can't be is not shown; the fault is the one that was found first.
            RequestTarget.host(head, head.valueStart(field), head.valueEnd(field));
        }
    }

    private static @Nullable Fault framing(RequestHead head) {
        if (head.has(KnownHeader.TRANSFER_ENCODING)) {
            if (head.minor == 0) {
                return Fault.FRAMING_TE_HTTP10;
            }
            if (head.has(KnownHeader.CONTENT_LENGTH)) {
                return Fault.FRAMING_CL_TE;
            }
            if (head.hasTwice(KnownHeader.TRANSFER_ENCODING)) {
                return Fault.FRAMING_TE_DUP;
            }
            head.contentLength = RequestHead.CHUNKED;
            return transferEncoding(head, head.find(KnownHeader.TRANSFER_ENCODING));
        }
        if (head.has(KnownHeader.CONTENT_LENGTH)) {
            if (head.hasTwice(KnownHeader.CONTENT_LENGTH)) {
                return Fault.FRAMING_CL_DUP;
            }
            int field = head.find(KnownHeader.CONTENT_LENGTH);
            long length = contentLength(head, field);
            if (length < 0) {
                return length == NOT_ONE
                        ? Fault.FRAMING_CL_DUP
                        : length == TOO_LARGE ? Fault.FRAMING_CL_RANGE : Fault.FRAMING_CL_SYNTAX;
            }
            head.contentLength = length;
            if (head.minor == 0 && length > 0 && (head.method.equals("GET") || head.method.equals("HEAD"))) {
                return Fault.FRAMING_BODY_HTTP10;
            }
        }
        return null;
    }

    private static @Nullable Fault transferEncoding(MessageHead head, int field) {
        int start = head.valueStart(field);
        int end = head.valueEnd(field);
        if (Ascii.equalsIgnoreCase(head.bytes, start, end, CHUNKED)) {
            return null;
        }
        int lastComma = -1;
        boolean chunkedBefore = false;
        int codingStart = start;
        for (int i = start; i < end; i++) {
            if (head.bytes[i] == ',') {
                chunkedBefore |= isChunked(head.bytes, codingStart, i);
                codingStart = i + 1;
                lastComma = i;
            }
        }
        boolean chunkedLast = isChunked(head.bytes, codingStart, end);
        if (lastComma < 0) {
            return Fault.FRAMING_TE_UNKNOWN;
        }
        if (chunkedBefore) {
            return chunkedLast ? Fault.FRAMING_TE_DUP : Fault.FRAMING_TE_FINAL;
        }
        return Fault.FRAMING_TE_UNKNOWN;
    }

    private static boolean isChunked(byte[] bytes, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && (bytes[start] == ' ' || bytes[start] == '\t')) {
            start++;
        }
        while (end > start && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
            end--;
        }
        return Ascii.equalsIgnoreCase(bytes, start, end, CHUNKED);
    }

    static final long NOT_ONE = -2;
    static final long TOO_LARGE = -3;
    static final long NO_NUMBER = -4;

    /// The value of a `Content-Length` field (RFC 9110 §8.6), or why it has none.
    static long contentLength(MessageHead head, int field) {
        byte[] bytes = head.bytes;
        int start = head.valueStart(field);
        int end = head.valueEnd(field);
        if (start == end) {
            return NO_NUMBER;
        }
        if (end - start > 1 && bytes[start] == '0') {
            // It is forwarded as it came, so it has to be what writing it anew would give.
            return NO_NUMBER;
        }
        long value = 0;
        boolean large = false;
        for (int i = start; i < end; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return bytes[i] == ',' && i > start ? NOT_ONE : NO_NUMBER;
            }
            large |= value > (Long.MAX_VALUE - 9) / 10;
            value = value * 10 + digit;
        }
        return large ? TOO_LARGE : value;
    }

    private static @Nullable Fault fields(RequestHead head) {
        head.keepAlive = head.minor == 1;
        for (int i = 0; i < head.count; i++) {
            KnownHeader header = head.known[i];
            if (header == null) {
                if (hasUnderscore(head, i)) {
                    Fault fault = alias(head, i);
                    if (fault != null) {
                        return fault;
                    }
                }
                continue;
            }
            if (header.droppedFromRequest() || header == KnownHeader.HOST) {
                head.drop(i);
            }
            if (header.singleton() && head.hasTwice(header)) {
                return Fault.HEADER_DUP;
            }
        }
        Fault fault = head.has(KnownHeader.CONNECTION) ? connection(head) : null;
        if (fault == null && head.has(KnownHeader.EXPECT)) {
            fault = expect(head);
        }
        if (head.has(KnownHeader.RANGE)) {
            boundRanges(head);
        }
        if (fault == null && head.has(KnownHeader.UPGRADE)) {
            fault = upgrade(head);
        }
        return fault;
    }

    /// Tells whether a request is a handshake of WebSocket (RFC 6455 §4.2.1). Other upgrades are not made: their fields
    /// are dropped as all of the connection are.
    private static @Nullable Fault upgrade(RequestHead head) {
        if (!WebSocketHandshake.isAskedFor(head)) {
            return null;
        }
        int key = head.find(KnownHeader.SEC_WEBSOCKET_KEY);
        if (key < 0) {
            return Fault.UPGRADE_INVALID;
        }
        if (head.minor == 0 || !WebSocketHandshake.upgradesConnection(head)) {
            // Not meant for this connection (RFC 9110 section 7.8).
            return null;
        }
        if (!head.method.equals("GET") || head.contentLength != 0 || head.hasTwice(KnownHeader.SEC_WEBSOCKET_KEY)
                || !WebSocketHandshake.isKey(head.bytes, head.valueStart(key), head.valueEnd(key))) {
            return Fault.UPGRADE_INVALID;
        }
        head.asksForWebSocket();
        return null;
    }

    /// A service may ignore `Range` (RFC 9110 §14.2), so it is left out where it asks for too much.
    private static void boundRanges(RequestHead head) {
        int ranges = 0;
        for (int i = 0; i < head.count; i++) {
            if (head.known[i] == KnownHeader.RANGE) {
                ranges++;
                for (int at = head.valueStart(i); at < head.valueEnd(i); at++) {
                    ranges += head.bytes[at] == ',' ? 1 : 0;
                }
            }
        }
        if (ranges > MAX_RANGES) {
            head.drop(KnownHeader.RANGE);
        }
    }

    private static boolean hasUnderscore(RequestHead head, int field) {
        for (int i = head.nameStart(field); i < head.nameEnd(field); i++) {
            if (head.bytes[i] == '_') {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Fault alias(RequestHead head, int field) {
        byte[] name = new byte[head.nameEnd(field) - head.nameStart(field)];
        for (int i = 0; i < name.length; i++) {
            byte b = head.bytes[head.nameStart(field) + i];
            name[i] = b == '_' ? (byte) '-' : b;
        }
        KnownHeader header = KnownHeader.find(name, 0, name.length);
        if (header != null && header.guardedFromAliases()) {
            return Fault.HEADER_ALIAS;
        }
        head.flags[field] |= MessageHead.REMOVED;
        head.droppedAliases++;
        return null;
    }

    private static @Nullable Fault connection(RequestHead head) {
        for (int i = 0; i < head.count; i++) {
            if (head.known[i] != KnownHeader.CONNECTION) {
                continue;
            }
            int start = head.valueStart(i);
            int end = head.valueEnd(i);
            if (Ascii.equalsIgnoreCase(head.bytes, start, end, KEEP_ALIVE)) {
                head.keepAlive = true;
            } else if (Ascii.equalsIgnoreCase(head.bytes, start, end, CLOSE)) {
                head.keepAlive = false;
            } else {
                head.keepAlive = (head.keepAlive || head.valueHasToken(i, KEEP_ALIVE)) && !head.valueHasToken(i, CLOSE);
                Fault fault = head.dropNominated(i);
                if (fault != null) {
                    return fault;
                }
            }
        }
        return null;
    }

    private static @Nullable Fault expect(RequestHead head) {
        int field = head.find(KnownHeader.EXPECT);
        boolean exact = Ascii.equalsIgnoreCase(head.bytes, head.valueStart(field), head.valueEnd(field), CONTINUE);
        if (head.hasTwice(KnownHeader.EXPECT) || !exact) {
            return Fault.FRAMING_EXPECT;
        }
        // RFC 9110 section 10.1.1: an HTTP/1.0 client does not wait.
        head.expectsContinue = head.minor == 1 && head.contentLength != 0;
        return null;
    }
}
