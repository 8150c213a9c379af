package io.tidegate.engine.mirror;

import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.HeadWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The head of a request as it went out, for another endpoint: without `Host` where that was the endpoint's, and
/// without what says where the body ends, which is known once the body is here.
final class CopiedHead {

    private static final byte[] HOST = Ascii.bytes("host: ");
    private static final byte[] LENGTH = Ascii.bytes("content-length: ");

    private final byte[] line;
    private final byte[] fields;
    private final boolean ownHost;
    private final boolean framed;

    private CopiedHead(byte[] line, byte[] fields, boolean ownHost, boolean framed) {
        this.line = line;
        this.fields = fields;
        this.ownHost = ownHost;
        this.framed = framed;
    }

    /// Copies the head that was written.
    ///
    /// @param keepsHost
    ///            whether `Host` goes to every endpoint alike
    static CopiedHead of(HeadWriter written, boolean keepsHost) {
        byte[] all = written.array();
        int at = lineEnd(all, 0);
        byte[] line = Arrays.copyOf(all, at);
        HeadWriter fields = new HeadWriter(written.length() - at);
        boolean framed = false;
        while (at < written.length() && all[at] != '\r') {
            int end = lineEnd(all, at);
            boolean framing = isNamed(all, at, end, "content-length") || isNamed(all, at, end, "transfer-encoding");
            framed |= framing;
            if (!framing && (keepsHost || !isNamed(all, at, end, "host"))) {
                fields.bytes(all, at, end);
            }
            at = end;
        }
        return new CopiedHead(line, Arrays.copyOf(fields.array(), fields.length()), !keepsHost, framed);
    }

    /// Behind the end of the line.
    private static int lineEnd(byte[] bytes, int start) {
        int at = start;
        while (bytes[at] != '\n') {
            at++;
        }
        return at + 1;
    }

    private static boolean isNamed(byte[] bytes, int start, int end, String name) {
        int colon = start + name.length();
        return colon < end && bytes[colon] == ':' && Ascii.equalsIgnoreCase(bytes, start, colon, name);
    }

    /// Bytes that it takes.
    int size() {
        return line.length + fields.length;
    }

    /// Writes the whole head.
    ///
    /// @param host
    ///            of the endpoint, for where there is no other
    /// @param bodyLength
    ///            of the body, in bytes
    void write(HeadWriter out, String host, String field, int bodyLength) {
        out.clear();
        out.bytes(line);
        if (ownHost) {
            out.bytes(HOST);
            out.text(host);
            out.crlf();
        }
        out.bytes(fields);
        out.text(field);
        out.colon();
        out.text("true");
        out.crlf();
        if (framed || bodyLength > 0) {
            out.bytes(LENGTH);
            out.decimal(bodyLength);
            out.crlf();
        }
        out.crlf();
    }

    /// The method and the path, the query left out.
    String subject() {
        String text = new String(line, StandardCharsets.ISO_8859_1);
        int end = text.lastIndexOf(' ');
        int question = text.indexOf('?');
        return text.substring(0, question >= 0 && question < end ? question : end);
    }
}
