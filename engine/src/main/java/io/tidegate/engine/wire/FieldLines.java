package io.tidegate.engine.wire;

import io.netty.util.AsciiString;
import io.tidegate.api.Fault;
import org.jspecify.annotations.Nullable;

/// The fields of a request's head as HTTP/2 and HTTP/3 give them (RFC 9113 §8.2, §8.3; RFC 9114 §4.2, §4.3), checked,
/// and written down as the lines of an HTTP/1.1 head. So there is one parser, one set of rules and one form for what
/// comes by any protocol; and nothing that HTTP/1.1 would read as something else ever gets into a line.
///
/// One for all heads of a connection: what was read is copied out ([RequestParser#read(RequestHead, FieldLines,
/// boolean)]) before the next begins.
public final class FieldLines implements DecodedFields {

    private static final byte[] VERSION_AND_HOST = Ascii.bytes(" HTTP/1.1\r\nhost: ");
    private static final byte[] VERSION = Ascii.bytes(" HTTP/1.1\r\n");
    private static final byte[] CHUNKED = Ascii.bytes("transfer-encoding: chunked\r\n");
    private static final byte[] COOKIE = Ascii.bytes("cookie: ");
    private static final byte[] TRAILERS = Ascii.bytes("trailers");
    private static final AsciiString COOKIE_NAME = AsciiString.cached("cookie");
    private static final AsciiString TE = AsciiString.cached("te");
    private static final AsciiString HOST = AsciiString.cached("host");
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
    private static final AsciiString METHOD = AsciiString.cached(":method");
    private static final AsciiString SCHEME = AsciiString.cached(":scheme");
    private static final AsciiString AUTHORITY = AsciiString.cached(":authority");
    private static final AsciiString PATH = AsciiString.cached(":path");
    private static final AsciiString PROTOCOL = AsciiString.cached(":protocol");
    private static final AsciiString GET = AsciiString.cached("GET");

    private final int maxFields;
    private final boolean tunnels;
    private final HeadWriter lines = new HeadWriter(1024);
    private final HeadWriter head = new HeadWriter(1024);
    private final HeadWriter cookies = new HeadWriter(64);
    private @Nullable AsciiString method;
    private @Nullable AsciiString scheme;
    private @Nullable AsciiString authority;
    private @Nullable AsciiString path;
    private @Nullable AsciiString protocol;
    private @Nullable AsciiString host;
    private @Nullable AsciiString contentLength;
    private int count;
    private boolean pseudo;
    private @Nullable Fault fault;

    /// Lines for heads of at most so many fields; each crumb of a cookie counts.
    public FieldLines(int maxFields) {
        this(maxFields, true);
    }

    private FieldLines(int maxFields, boolean tunnels) {
        this.maxFields = maxFields;
        this.tunnels = tunnels;
    }

    /// The same where nobody was told that CONNECT opens tunnels (RFC 9220 §3): `:protocol` is malformed there.
    public static FieldLines withoutTunnels(int maxFields) {
        return new FieldLines(maxFields, false);
    }

    /// Begins another head.
    public void reset() {
        lines.clear();
        cookies.clear();
        method = null;
        scheme = null;
        authority = null;
        path = null;
        protocol = null;
        host = null;
        contentLength = null;
        count = 0;
        pseudo = false;
        fault = null;
    }

    @Override
    public int count() {
        return count;
    }

    /// Whether there is a field whose name begins with a colon.
    public boolean hasPseudo() {
        return pseudo;
    }

    /// The value of `content-length`, or null.
    public @Nullable CharSequence contentLength() {
        return contentLength;
    }

    /// Why the head is refused so far, or null.
    public @Nullable Fault fault() {
        return fault;
    }

    /// The scheme of the target, empty where there is none.
    public CharSequence scheme() {
        AsciiString known = scheme;
        return known == null ? "" : known;
    }

    @Override
    public void add(CharSequence fieldName, CharSequence fieldValue) {
        AsciiString name = AsciiString.of(fieldName);
        AsciiString value = AsciiString.of(fieldValue);
        if (++count > maxFields) {
            refuse(Fault.HEADERS_TOO_MANY);
            return;
        }
        if (!FieldRules.isValue(value)) {
            refuse(Fault.H2_VALUE);
        } else if (!name.isEmpty() && name.byteAt(0) == ':') {
            pseudo(name, value);
        } else if (!FieldRules.isName(name)) {
            refuse(Fault.H2_NAME);
        } else {
            field(name, value);
        }
    }

    private void refuse(Fault reason) {
        if (fault == null) {
            fault = reason;
        }
    }

    private void pseudo(AsciiString name, AsciiString value) {
        boolean first;
        if (name.contentEquals(METHOD)) {
            first = method == null;
            method = value;
        } else if (name.contentEquals(PATH)) {
            first = path == null;
            path = value;
        } else if (name.contentEquals(SCHEME)) {
            first = scheme == null;
            scheme = value;
        } else if (name.contentEquals(AUTHORITY)) {
            first = authority == null;
            authority = value;
        } else if (tunnels && name.contentEquals(PROTOCOL)) {
            first = protocol == null;
            protocol = value;
        } else {
            first = false;
        }
        pseudo = true;
        if (!first || lines.length() > 0 || cookies.length() > 0 || host != null) {
            refuse(Fault.H2_PSEUDO);
        }
    }

    private void field(AsciiString name, AsciiString value) {
        switch (name.length()) {
            case 2 -> {
                if (name.contentEquals(TE) && !isTrailers(value)) {
                    refuse(Fault.H2_CONNECTION);
                }
            }
            case 4 -> {
                if (name.contentEquals(HOST)) {
                    if (host != null) {
                        refuse(Fault.HOST_DUP);
                    }
                    host = value;
                    return;
                }
            }
            case 6 -> {
                if (name.contentEquals(COOKIE_NAME)) {
                    // RFC 9113 section 8.2.3: the crumbs are one cookie for whoever speaks HTTP/1.1.
                    if (cookies.length() > 0) {
                        cookies.one(';');
                        cookies.one(' ');
                    }
                    append(cookies, value);
                    return;
                }
            }
            case 14 -> {
                if (name.contentEquals(CONTENT_LENGTH)) {
                    contentLength = value;
                }
            }
            default -> {
            }
        }
        if (FieldRules.isOfTheConnection(name)) {
            refuse(Fault.H2_CONNECTION);
            return;
        }
        append(lines, name);
        lines.colon();
        append(lines, value);
        lines.crlf();
    }

    private static boolean isTrailers(AsciiString value) {
        byte[] bytes = value.array();
        int start = value.arrayOffset();
        return Ascii.equalsIgnoreCase(bytes, start, start + value.length(), TRAILERS);
    }

    private static void append(HeadWriter to, AsciiString text) {
        to.bytes(text.array(), text.arrayOffset(), text.arrayOffset() + text.length());
    }

    /// Writes the head of HTTP/1.1 that says the same.
    ///
    /// @param open
    ///            whether a body may follow
    /// @return the head, or null where it has a fault
    @Nullable
    HeadWriter write(boolean open) {
        AsciiString verb = method;
        AsciiString target = path;
        if (fault == null && (verb == null || verb.isEmpty() || hasSpace(verb))) {
            fault = Fault.H2_PSEUDO;
        }
        if (fault == null && verb != null && (protocol != null || verb.contentEquals("CONNECT"))) {
            fault = connect(verb, open);
            verb = GET;
        }
        if (fault == null && (!isTarget(target) || scheme == null)) {
            fault = Fault.H2_PSEUDO;
        }
        AsciiString named = authority;
        if (fault == null && named != null && host != null && !named.contentEqualsIgnoreCase(host)) {
            fault = Fault.TARGET_AUTHORITY;
        }
        if (fault != null || verb == null || target == null) {
            return null;
        }
        head.clear();
        append(head, verb);
        head.one(' ');
        append(head, target);
        AsciiString site = named == null ? host : named;
        if (site == null) {
            head.bytes(VERSION);
        } else {
            head.bytes(VERSION_AND_HOST);
            append(head, site);
            head.crlf();
        }
        head.bytes(lines.array(), 0, lines.length());
        if (cookies.length() > 0) {
            head.bytes(COOKIE);
            head.bytes(cookies.array(), 0, cookies.length());
            head.crlf();
        }
        if (open && contentLength == null && protocol == null) {
            head.bytes(CHUNKED);
        }
        head.crlf();
        return head;
    }

    /// Why CONNECT is refused, or null where it is a handshake of WebSocket (RFC 8441 §4, §5), which is a GET to
    /// whoever speaks HTTP/1.1.
    private @Nullable Fault connect(AsciiString verb, boolean open) {
        AsciiString asked = protocol;
        if (asked == null) {
            return Fault.METHOD_UNSUPPORTED;
        }
        if (!verb.contentEquals("CONNECT")) {
            return Fault.H2_PSEUDO;
        }
        if (!asked.contentEquals("websocket")) {
            return Fault.UPGRADE_UNSUPPORTED;
        }
        return open && contentLength == null ? null : Fault.UPGRADE_INVALID;
    }

    /// Whether the head is a handshake of WebSocket.
    boolean isHandshake() {
        return protocol != null;
    }

    private static boolean isTarget(@Nullable AsciiString target) {
        return target != null && !target.isEmpty() && !hasSpace(target)
                && (target.byteAt(0) == '/' || target.contentEquals("*"));
    }

    private static boolean hasSpace(AsciiString text) {
        byte[] bytes = text.array();
        int end = text.arrayOffset() + text.length();
        for (int i = text.arrayOffset(); i < end; i++) {
            if (FieldRules.isSpace(bytes[i])) {
                return true;
            }
        }
        return false;
    }

    /// What of the fields, which came behind a body, may pass; null for none.
    public @Nullable Trailers trailers() {
        return Trailers.of(lines);
    }

    /// Whether the fields, which came behind a body, may be there (RFC 9110 §6.5.1).
    public @Nullable Fault checkTrailers() {
        if (pseudo) {
            return Fault.H2_PSEUDO;
        }
        if (fault == null && (host != null || contentLength != null || cookies.length() > 0)) {
            return Fault.TRAILER_FORBIDDEN;
        }
        return fault;
    }
}
