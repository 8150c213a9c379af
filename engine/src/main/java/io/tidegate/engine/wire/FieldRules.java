package io.tidegate.engine.wire;

import io.netty.util.AsciiString;

/// What fields may look like that come by HTTP/2, from clients and from services alike.
final class FieldRules {

    private static final AsciiString[] OF_THE_CONNECTION = {AsciiString.cached("connection"),
        AsciiString.cached("transfer-encoding"), AsciiString.cached("upgrade"), AsciiString.cached("keep-alive"),
        AsciiString.cached("proxy-connection"), AsciiString.cached("http2-settings")};

    private FieldRules() {
    }

    /// Whether it is a name, in lower case (RFC 9113 section 8.2).
    static boolean isName(AsciiString name) {
        byte[] bytes = name.array();
        int end = name.arrayOffset() + name.length();
        for (int i = name.arrayOffset(); i < end; i++) {
            if (!Ascii.isToken(bytes[i]) || (bytes[i] >= 'A' && bytes[i] <= 'Z')) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /// RFC 9113 section 8.2.1, and no other control character either.
    static boolean isValue(AsciiString value) {
        byte[] bytes = value.array();
        int start = value.arrayOffset();
        int end = start + value.length();
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            if ((b >= 0 && b < ' ' && b != '\t') || b == 0x7F) {
                return false;
            }
        }
        return start == end || (!isSpace(bytes[start]) && !isSpace(bytes[end - 1]));
    }

    static boolean isSpace(byte b) {
        return b == ' ' || b == '\t';
    }

    /// Whether it tells of one connection only, so that HTTP/2 has no use for it (RFC 9113 section 8.2.2).
    static boolean isOfTheConnection(AsciiString name) {
        for (AsciiString forbidden : OF_THE_CONNECTION) {
            if (name.contentEqualsIgnoreCase(forbidden)) {
                return true;
            }
        }
        return false;
    }
}
