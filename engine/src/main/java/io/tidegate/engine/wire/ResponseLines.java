package io.tidegate.engine.wire;

import io.netty.util.AsciiString;
import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import org.jspecify.annotations.Nullable;

/// The fields of a response's head as HTTP/2 gives them (RFC 9113 §8.2, §8.3.2), checked, and written down as the lines
/// of an HTTP/1.1 head: what [FieldLines] are for requests.
///
/// One for all heads of a connection: what was read is copied out ([ResponseParser#read(ResponseHead, ResponseLines)])
/// before the next begins.
public final class ResponseLines implements DecodedFields {

    private static final AsciiString STATUS = AsciiString.cached(":status");
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
    private static final int STATUS_LENGTH = 3;

    private final int maxFields;
    private final HeadWriter lines = new HeadWriter(1024);
    private final HeadWriter head = new HeadWriter(1024);
    private int status;
    private @Nullable AsciiString statusText;
    private int count;
    private boolean pseudo;
    private boolean length;
    private @Nullable Fault fault;

    /// Lines for heads of at most so many fields.
    public ResponseLines(int maxFields) {
        this.maxFields = maxFields;
    }

    /// Begins another head.
    public void reset() {
        lines.clear();
        status = 0;
        statusText = null;
        count = 0;
        pseudo = false;
        length = false;
        fault = null;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public @Nullable CharSequence status() {
        return statusText;
    }

    @Override
    public void add(CharSequence fieldName, CharSequence fieldValue) {
        AsciiString name = AsciiString.of(fieldName);
        AsciiString value = AsciiString.of(fieldValue);
        if (++count > maxFields) {
            refuse(UpstreamFaults.HEAD_TOO_LARGE);
        } else if (!name.isEmpty() && name.byteAt(0) == ':') {
            pseudo(name, value);
        } else if (!FieldRules.isValue(value) || !FieldRules.isName(name) || FieldRules.isOfTheConnection(name)) {
            refuse(UpstreamFaults.INVALID);
        } else {
            length |= name.contentEquals(CONTENT_LENGTH);
            lines.bytes(name.array(), name.arrayOffset(), name.arrayOffset() + name.length());
            lines.colon();
            lines.bytes(value.array(), value.arrayOffset(), value.arrayOffset() + value.length());
            lines.crlf();
        }
    }

    private void pseudo(AsciiString name, AsciiString value) {
        pseudo = true;
        boolean known = name.contentEquals(STATUS) && status == 0 && lines.length() == 0;
        status = known ? number(value) : 0;
        statusText = status == 0 ? null : value;
        // 101 is of HTTP/1.1 alone (RFC 9113 section 8.6).
        if (status == 0 || status == 101) {
            refuse(UpstreamFaults.INVALID);
        }
    }

    private static int number(AsciiString text) {
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            byte b = text.byteAt(i);
            if (b < '0' || b > '9' || text.length() != STATUS_LENGTH) {
                return 0;
            }
            value = value * 10 + b - '0';
        }
        return value;
    }

    private void refuse(Fault reason) {
        if (fault == null) {
            fault = reason;
        }
    }

    /// Why the head is refused so far, or null.
    @Nullable
    Fault fault() {
        return fault;
    }

    /// Writes the head of HTTP/1.1 that says the same.
    ///
    /// @return the head, or null where it has a fault
    @Nullable
    HeadWriter write() {
        if (status == 0) {
            refuse(UpstreamFaults.INVALID);
        }
        if (fault != null) {
            return null;
        }
        head.clear();
        StatusLine.write(head, status);
        head.bytes(lines.array(), 0, lines.length());
        head.crlf();
        return head;
    }

    /// What of the fields, which came behind a body, may pass; null for none.
    public @Nullable Trailers trailers() {
        return Trailers.of(lines);
    }

    /// Whether the fields may stand behind a body (RFC 9110 section 6.5.1).
    public boolean areTrailers() {
        return fault == null && !pseudo && !length;
    }
}
