package io.tidegate.engine.wire;

import io.netty.handler.codec.Headers;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/// Brings heads that were written for HTTP/1.1 into the form of HTTP/2 (RFC 9113 §8) and HTTP/3 (RFC 9114 §4).
public final class Http2Heads {

    /// `HTTP/1.1 `.
    private static final int VERSION = 9;
    private static final int STATUS = 3;
    private static final AsciiString STATUS_NAME = AsciiString.cached(":status");
    private static final AsciiString OK = AsciiString.cached("200");
    private static final AsciiString HOST = AsciiString.cached("host");
    private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
    private static final AsciiString WEBSOCKET = AsciiString.cached("websocket");
    private static final AsciiString KEY = AsciiString.cached("sec-websocket-key");

    private Http2Heads() {
    }

    /// Takes the fields of a response.
    ///
    /// @param head
    ///            a whole head, with nothing in it that is about the connection
    /// @param fields
    ///            where they go
    public static void response(HeadWriter head, HeadFields fields, FieldMemory memory) {
        byte[] bytes = head.array();
        fields.restart();
        fields.status(status(bytes));
        int start = endOfLine(bytes, VERSION) + 2;
        while (bytes[start] != '\r') {
            int colon = endOfName(bytes, start);
            int end = endOfLine(bytes, colon + 2);
            memory.add(fields, bytes, start, colon, end);
            start = end + 2;
        }
    }

    /// Takes the fields of a response that goes out by HTTP/3, whose codec keeps them for a while.
    ///
    /// @param head
    ///            a whole head, with nothing in it that is about the connection
    /// @param fields
    ///            where they go, empty so far
    public static <H extends Headers<CharSequence, CharSequence, H>> void response(HeadWriter head, H fields) {
        byte[] bytes = head.array();
        fields.add(STATUS_NAME, status(bytes));
        int start = endOfLine(bytes, VERSION) + 2;
        while (bytes[start] != '\r') {
            int colon = endOfName(bytes, start);
            int end = endOfLine(bytes, colon + 2);
            fields.add(name(bytes, start, colon), value(bytes, colon, end));
            start = end + 2;
        }
    }

    private static AsciiString status(byte[] bytes) {
        boolean ok = bytes[VERSION] == '2' && bytes[VERSION + 1] == '0' && bytes[VERSION + 2] == '0';
        return ok ? OK : new AsciiString(bytes, VERSION, STATUS, true);
    }

    /// The fields of a request.
    ///
    /// @param head
    ///            a whole head; what it says of the connection is left out
    /// @param scheme
    ///            `http` or `https`
    public static Http2Headers request(HeadWriter head, AsciiString scheme) {
        byte[] bytes = head.array();
        int method = endOfWord(bytes, 0);
        int path = endOfWord(bytes, method + 1);
        Http2Headers fields = new DefaultHttp2Headers(false, 16);
        fields.method(new AsciiString(bytes, 0, method, true));
        fields.scheme(scheme);
        fields.path(new AsciiString(bytes, method + 1, path - method - 1, true));
        add(bytes, endOfLine(bytes, path) + 2, fields);
        return fields;
    }

    /// The fields of a handshake of WebSocket (RFC 8441 §5).
    ///
    /// @param head
    ///            the whole head of that of HTTP/1.1
    public static Http2Headers handshake(HeadWriter head, AsciiString scheme) {
        Http2Headers fields = request(head, scheme);
        fields.method(CONNECT);
        fields.set(Http2Headers.PseudoHeaderName.PROTOCOL.value(), WEBSOCKET);
        // HTTP/2 needs no proof that the service has understood.
        fields.remove(KEY);
        return fields;
    }

    private static int endOfWord(byte[] bytes, int from) {
        int end = from;
        while (bytes[end] != ' ') {
            end++;
        }
        return end;
    }

    private static int endOfName(byte[] bytes, int from) {
        int end = from;
        while (bytes[end] != ':') {
            end++;
        }
        return end;
    }

    private static void add(byte[] bytes, int first, Http2Headers fields) {
        int start = first;
        while (bytes[start] != '\r') {
            int colon = endOfName(bytes, start);
            int end = endOfLine(bytes, colon + 2);
            AsciiString name = name(bytes, start, colon);
            if (name.contentEquals(HOST)) {
                fields.authority(value(bytes, colon, end));
            } else if (!FieldRules.isOfTheConnection(name)) {
                fields.add(name, value(bytes, colon, end));
            }
            start = end + 2;
        }
    }

    private static AsciiString name(byte[] bytes, int start, int colon) {
        return new AsciiString(bytes, start, colon - start, true).toLowerCase();
    }

    private static AsciiString value(byte[] bytes, int colon, int end) {
        return new AsciiString(bytes, colon + 2, end - colon - 2, true);
    }

    private static int endOfLine(byte[] bytes, int from) {
        int end = from;
        while (bytes[end] != '\r') {
            end++;
        }
        return end;
    }
}
