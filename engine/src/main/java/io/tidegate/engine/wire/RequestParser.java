package io.tidegate.engine.wire;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Fault;
import org.jspecify.annotations.Nullable;

/// Reads request heads. Immutable: one serves every connection of a listener.
public final class RequestParser extends HeadParser {

    private static final byte[] HTTP = Ascii.bytes("HTTP/");
    private static final int LONGEST_METHOD = 32;
    private static final byte[][] METHOD_BYTES;
    private static final String[] METHODS = {"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "CONNECT",
        "TRACE"};

    static {
        METHOD_BYTES = new byte[METHODS.length][];
        for (int i = 0; i < METHODS.length; i++) {
            METHOD_BYTES[i] = Ascii.bytes(METHODS[i]);
        }
    }

    private final int maxTarget;

    /// A parser with these bounds: bytes of a target, bytes of a head in all, number of fields.
    public RequestParser(int maxTarget, int maxBytes, int maxFields) {
        super(maxBytes, maxFields, Fault.HEADERS_TOO_LARGE, Fault.HEADERS_TOO_MANY);
        this.maxTarget = maxTarget;
    }

    /// Reads on; see [HeadParser].
    ///
    /// @return whether the head is complete and well formed
    public boolean read(RequestHead head, ByteBuf in) {
        return parse(head, in);
    }

    /// Reads a head that came by HTTP/2, whole. It is held to the same rules.
    ///
    /// @param open
    ///            whether a body may follow
    /// @return whether the head is well formed
    public boolean read(RequestHead head, FieldLines fields, boolean open) {
        HeadWriter text = fields.write(open);
        if (text == null) {
            head.fault = fields.fault();
            return false;
        }
        boolean read = parse(head, text.array(), text.length());
        if (read && fields.isHandshake()) {
            head.asksForWebSocket();
        }
        return read;
    }

    @Override
    Fault startLineTooLong() {
        return Fault.TARGET_TOO_LONG;
    }

    @Override
    @Nullable
    Fault checkStartLineSoFar(MessageHead head, int length) {
        int start = head.lineStart;
        byte[] bytes = head.bytes;
        int i = start;
        while (i < length && Ascii.isToken(bytes[i])) {
            i++;
        }
        if (i < length && bytes[i] != ' ') {
            return Fault.PARSE_METHOD;
        }
        if (i == start && i < length) {
            return Fault.PARSE_REQLINE;
        }
        if (i - start > LONGEST_METHOD) {
            return Fault.PARSE_METHOD;
        }
        return length - i > maxTarget + 16 ? Fault.TARGET_TOO_LONG : null;
    }

    @Override
    Fault controlInStartLine(MessageHead head, int at, byte b) {
        if (at == head.lineStart && b != '\r' && b != '\t') {
            return Fault.PARSE_PREFIX;
        }
        if (b == '\r') {
            return Fault.PARSE_BARE_CR;
        }
        if (b == '\t') {
            return Fault.PARSE_REQLINE;
        }
        for (int i = head.lineStart; i < at; i++) {
            if (head.bytes[i] == ' ') {
                return Fault.TARGET_CHAR;
            }
        }
        return Fault.PARSE_METHOD;
    }

    @Override
    @Nullable
    Fault startLine(MessageHead message, int start, int end) {
        RequestHead head = (RequestHead) message;
        byte[] bytes = head.bytes;
        if (start == end) {
            // RFC 9112 section 2.2: one empty line before a request is forgiven.
            return ++head.prefixLines > 1 ? Fault.FRAMING_STRAY : null;
        }
        int methodEnd = start;
        while (methodEnd < end && Ascii.isToken(bytes[methodEnd])) {
            methodEnd++;
        }
        if (methodEnd == start) {
            return bytes[start] == ' ' ? Fault.PARSE_REQLINE : Fault.PARSE_METHOD;
        }
        if (methodEnd == end) {
            return Fault.PARSE_REQLINE;
        }
        if (bytes[methodEnd] != ' ' || methodEnd - start > LONGEST_METHOD) {
            return Fault.PARSE_METHOD;
        }
        int targetStart = methodEnd + 1;
        int targetEnd = targetStart;
        while (targetEnd < end && bytes[targetEnd] != ' ') {
            targetEnd++;
        }
        if (targetEnd - targetStart > maxTarget) {
            return Fault.TARGET_TOO_LONG;
        }
        if (targetEnd == targetStart) {
            return Fault.PARSE_REQLINE;
        }
        head.methodStart = start;
        head.methodEnd = methodEnd;
        head.method = method(bytes, start, methodEnd);
        head.targetStart = targetStart;
        head.targetEnd = targetEnd;
        head.startLineRead = true;
        return targetEnd == end ? Fault.PARSE_VERSION : version(head, targetEnd + 1, end);
    }

    private static @Nullable Fault version(RequestHead head, int start, int end) {
        byte[] bytes = head.bytes;
        for (int i = start; i < end; i++) {
            if (bytes[i] == ' ') {
                return Fault.PARSE_REQLINE;
            }
        }
        if (head.method.equals("PRI") || start == end) {
            return Fault.PARSE_VERSION;
        }
        boolean http = end - start == 8 && bytes[start + 5] == '1' && bytes[start + 6] == '.';
        for (int i = 0; http && i < HTTP.length; i++) {
            http = bytes[start + i] == HTTP[i];
        }
        int minor = http ? bytes[start + 7] - '0' : -1;
        if (minor < 0 || minor > 9) {
            return Fault.VERSION_UNSUPPORTED;
        }
        head.minor = minor == 0 ? 0 : 1;
        return null;
    }

    private static String method(byte[] bytes, int start, int end) {
        int length = end - start;
        for (int m = 0; m < METHODS.length; m++) {
            byte[] candidate = METHOD_BYTES[m];
            if (candidate.length == length && candidate[0] == bytes[start]) {
                int i = 1;
                while (i < length && candidate[i] == bytes[start + i]) {
                    i++;
                }
                if (i == length) {
                    return METHODS[m];
                }
            }
        }
        return Ascii.text(bytes, start, end);
    }

    @Override
    @Nullable
    Fault finish(MessageHead head) {
        return RequestRules.check((RequestHead) head);
    }
}
