package io.tidegate.engine.wire;

import io.tidegate.api.Field;
import java.util.List;

/// The head of a response (RFC 9112 §4).
public final class ResponseHead extends MessageHead {

    /// Length of a body that is chunked.
    public static final long CHUNKED = -1;
    /// Length of a body that ends with the connection.
    public static final long UNTIL_CLOSE = -2;

    int status;
    int minor;
    int reasonStart;
    int reasonEnd;
    long contentLength;
    boolean keepAlive;
    boolean plain;
    int newStatus;

    @Override
    public void reset() {
        super.reset();
        status = 0;
        minor = 1;
        reasonStart = 0;
        reasonEnd = 0;
        contentLength = UNTIL_CLOSE;
        keepAlive = true;
        plain = false;
        newStatus = 0;
    }

    /// Makes it the head of an answer that was not received, without fields.
    public void make(int madeStatus) {
        reset();
        status = madeStatus;
        newStatus = madeStatus;
        contentLength = 0;
        changed = true;
        complete = true;
    }

    /// Adds the fields of an answer; those that are the gateway's own to write are left out.
    public void addAll(List<Field> fields) {
        for (Field field : fields) {
            KnownHeader known = KnownHeader.find(field.name());
            if (known == null || !known.ownedByGateway()) {
                add(field.name(), field.value());
            }
        }
    }

    /// Takes over everything from another head, so that the other one can be used again.
    public void copyFrom(ResponseHead other) {
        super.copyFrom(other);
        status = other.status;
        minor = other.minor;
        reasonStart = other.reasonStart;
        reasonEnd = other.reasonEnd;
        contentLength = other.contentLength;
        keepAlive = other.keepAlive;
        plain = false;
        newStatus = other.newStatus;
    }

    /// The status code, 100 to 599.
    public int status() {
        return newStatus != 0 ? newStatus : status;
    }

    /// Puts another status in place of the one received.
    public void replaceStatus(int other) {
        newStatus = other;
        changed = true;
    }

    /// Whether it is an interim response (RFC 9110 §15.2).
    public boolean interim() {
        return status < 200;
    }

    /// Makes it one that opens a tunnel, as HTTP/1.1 says it: what HTTP/2 says with 200 (RFC 8441 §5).
    public void switchProtocols() {
        status = WebSocketHandshake.SWITCHING_PROTOCOLS;
        newStatus = WebSocketHandshake.SWITCHING_PROTOCOLS;
        drop(KnownHeader.CONTENT_LENGTH);
    }

    /// Whether the service opens a tunnel with it, whatever policies make of it.
    public boolean switchesProtocols() {
        return status == WebSocketHandshake.SWITCHING_PROTOCOLS;
    }

    /// What the fields say of the body's length, the request and the status left out: bytes, [#CHUNKED] or
    /// [#UNTIL_CLOSE].
    public long contentLength() {
        return contentLength;
    }

    /// Whether the service keeps the connection.
    public boolean keepAlive() {
        return keepAlive;
    }

    /// Whether the received bytes are what writing the head anew for an HTTP/1.1 client would give, a chunked framing
    /// kept as it is.
    public boolean isPlain() {
        return plain && !changed;
    }

    /// Seconds that a `Keep-Alive: timeout=…` field grants, -1 without one.
    public int keepAliveSeconds() {
        int field = find(KnownHeader.KEEP_ALIVE);
        if (field < 0) {
            return -1;
        }
        String value = Ascii.text(bytes, valueStart(field), valueEnd(field));
        for (String part : value.split(",", -1)) {
            String trimmed = part.trim();
            if (trimmed.regionMatches(true, 0, "timeout=", 0, 8) && trimmed.substring(8).matches("[0-9]{1,6}")) {
                return Integer.parseInt(trimmed.substring(8));
            }
        }
        return -1;
    }

    /// Writes the status line and the forwarded header fields, without framing and without the empty line.
    public void writeTo(HeadWriter out) {
        if (newStatus == 0) {
            out.text("HTTP/1.1 ");
            out.decimal(status);
            out.one(' ');
            out.bytes(bytes, reasonStart, reasonEnd);
            out.crlf();
        } else {
            StatusLine.write(out, newStatus);
        }
        writeFields(out);
    }
}
