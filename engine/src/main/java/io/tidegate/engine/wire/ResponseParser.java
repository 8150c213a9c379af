package io.tidegate.engine.wire;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import org.jspecify.annotations.Nullable;

/// Reads response heads, as strictly as request heads: whatever a service sends that two readers could understand in
/// two ways becomes a 502. Immutable: one serves every connection to an upstream.
public final class ResponseParser extends HeadParser {

    private static final byte[] VERSION = Ascii.bytes("HTTP/1.");
    private static final byte[] CHUNKED = Ascii.bytes("chunked");
    private static final byte[] CLOSE = Ascii.bytes("close");
    private static final byte[] KEEP_ALIVE = Ascii.bytes("keep-alive");
    private static final int LONGEST_STATUS_LINE = 1024;

    /// A parser with these bounds: bytes of a head in all, number of fields.
    public ResponseParser(int maxBytes, int maxFields) {
        super(maxBytes, maxFields, UpstreamFaults.HEAD_TOO_LARGE, UpstreamFaults.HEAD_TOO_LARGE);
    }

    /// Reads on; see [HeadParser]. Whatever is wrong is one of the faults of upstreams.
    ///
    /// @return whether the head is complete and well formed
    public boolean read(ResponseHead head, ByteBuf in) {
        return judged(head, parse(head, in));
    }

    /// Reads a whole head that came by HTTP/2.
    ///
    /// @return whether the head is well formed
    public boolean read(ResponseHead head, ResponseLines fields) {
        HeadWriter text = fields.write();
        if (text == null) {
            head.fault = fields.fault();
            return false;
        }
        return judged(head, parse(head, text.array(), text.length()));
    }

    private static boolean judged(ResponseHead head, boolean complete) {
        if (head.fault != null && !head.fault.equals(UpstreamFaults.HEAD_TOO_LARGE)) {
            head.fault = UpstreamFaults.INVALID;
        }
        return complete;
    }

    @Override
    Fault startLineTooLong() {
        return UpstreamFaults.HEAD_TOO_LARGE;
    }

    @Override
    @Nullable
    Fault checkStartLineSoFar(MessageHead head, int length) {
        int start = head.lineStart;
        for (int i = start; i < length && i - start < VERSION.length; i++) {
            if (head.bytes[i] != VERSION[i - start]) {
                return UpstreamFaults.INVALID;
            }
        }
        return length - start > LONGEST_STATUS_LINE ? UpstreamFaults.HEAD_TOO_LARGE : null;
    }

    @Override
    Fault controlInStartLine(MessageHead head, int at, byte b) {
        return UpstreamFaults.INVALID;
    }

    @Override
    @Nullable
    Fault startLine(MessageHead message, int start, int end) {
        ResponseHead head = (ResponseHead) message;
        byte[] bytes = head.bytes;
        if (end - start < 12) {
            return UpstreamFaults.INVALID;
        }
        if (end - start > LONGEST_STATUS_LINE) {
            return UpstreamFaults.HEAD_TOO_LARGE;
        }
        for (int i = 0; i < VERSION.length; i++) {
            if (bytes[start + i] != VERSION[i]) {
                return UpstreamFaults.INVALID;
            }
        }
        int minor = bytes[start + 7] - '0';
        int hundreds = bytes[start + 9] - '0';
        int tens = bytes[start + 10] - '0';
        int units = bytes[start + 11] - '0';
        boolean digits = hundreds >= 1 && hundreds <= 5 && tens >= 0 && tens <= 9 && units >= 0 && units <= 9;
        // RFC 9112 section 4: the space behind the status may be missing together with the reason.
        boolean spaces = bytes[start + 8] == ' ' && (end - start == 12 || bytes[start + 12] == ' ');
        if (minor < 0 || minor > 1 || !digits || !spaces) {
            return UpstreamFaults.INVALID;
        }
        head.minor = minor;
        head.status = hundreds * 100 + tens * 10 + units;
        head.reasonStart = Math.min(start + 13, end);
        head.reasonEnd = end;
        head.plain = minor == 1 && start == 0 && end - start > 12;
        head.startLineRead = true;
        return null;
    }

    @Override
    @Nullable
    Fault finish(MessageHead message) {
        ResponseHead head = (ResponseHead) message;
        head.keepAlive = head.minor == 1;
        Fault fault = framing(head);
        if (fault != null) {
            return fault;
        }
        boolean plain = head.plain;
        for (int i = 0; i < head.count; i++) {
            KnownHeader header = head.known[i];
            if (header != null && header.droppedFromResponse()) {
                head.drop(i);
                plain &= header == KnownHeader.TRANSFER_ENCODING;
            }
            plain &= (head.flags[i] & MessageHead.CANONICAL) != 0;
        }
        head.plain = plain;
        return head.has(KnownHeader.CONNECTION) ? connection(head) : null;
    }

    private static @Nullable Fault framing(ResponseHead head) {
        boolean length = head.has(KnownHeader.CONTENT_LENGTH);
        if (head.has(KnownHeader.TRANSFER_ENCODING)) {
            int field = head.find(KnownHeader.TRANSFER_ENCODING);
            boolean chunked = Ascii.equalsIgnoreCase(head.bytes, head.valueStart(field), head.valueEnd(field), CHUNKED);
            if (length || !chunked || head.minor == 0 || head.hasTwice(KnownHeader.TRANSFER_ENCODING)) {
                return UpstreamFaults.INVALID;
            }
            head.contentLength = ResponseHead.CHUNKED;
        } else if (length) {
            long value = RequestRules.contentLength(head, head.find(KnownHeader.CONTENT_LENGTH));
            if (value < 0 || head.hasTwice(KnownHeader.CONTENT_LENGTH)) {
                return UpstreamFaults.INVALID;
            }
            head.contentLength = value;
        }
        return null;
    }

    private static @Nullable Fault connection(ResponseHead head) {
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
                if (head.dropNominated(i) != null) {
                    return UpstreamFaults.INVALID;
                }
            }
        }
        return null;
    }
}
