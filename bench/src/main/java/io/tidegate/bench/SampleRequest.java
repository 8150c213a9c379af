package io.tidegate.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.RequestParser;
import java.nio.charset.StandardCharsets;

/// Requests as the side-by-side runs send them: four fields besides `Host`.
final class SampleRequest {

    private static final RequestParser PARSER = new RequestParser(8192, 16384, 100);

    private SampleRequest() {
    }

    static RequestParser parser() {
        return PARSER;
    }

    /// The bytes of a request in a direct buffer, as a socket delivers them.
    static ByteBuf bytes(String host, String path) {
        String text = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: wrk/4 (bench)\r\n"
                + "Accept: application/json, text/plain;q=0.9\r\nAccept-Encoding: gzip, br\r\n"
                + "Cookie: session=0123456789abcdef0123456789abcdef\r\n\r\n";
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return Unpooled.directBuffer(bytes.length).writeBytes(bytes);
    }

    /// The head of a request, read.
    static RequestHead head(String host, String path) {
        RequestHead head = new RequestHead();
        head.reset();
        ByteBuf bytes = bytes(host, path);
        try {
            if (!PARSER.read(head, bytes)) {
                throw new IllegalStateException("the request for " + host + path + " was refused: " + head.fault());
            }
        } finally {
            bytes.release();
        }
        return head;
    }
}
