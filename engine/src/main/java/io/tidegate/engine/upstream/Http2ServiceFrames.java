package io.tidegate.engine.upstream;

import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.AsciiString;
import io.tidegate.config.UpstreamConfig.ResponseLimits;
import io.tidegate.engine.wire.Http2Fields;
import io.tidegate.engine.wire.ResponseLines;
import io.tidegate.engine.worker.FrameBatch;

/// Netty's HTTP/2 codec (RFC 9113), put together for a connection to a service: framing, HPACK and flow control are its
/// work; the bounds are ours.
final class Http2ServiceFrames {

    /// Bytes of one response that may wait here.
    static final int STREAM_WINDOW = 65_535;
    private static final int MAX_SMALL_CONTINUATIONS = 8;
    private static final AsciiString COOKIE = AsciiString.cached("cookie");
    private static final AsciiString AUTHORIZATION = AsciiString.cached("authorization");

    private final Http2ConnectionEncoder encoder;
    private final Http2ConnectionDecoder decoder;
    private final Http2Settings settings;
    private final ResponseLines lines;

    /// A codec within `limits`.
    Http2ServiceFrames(ResponseLimits limits) {
        Http2Connection connection = new DefaultHttp2Connection(false);
        lines = new ResponseLines(limits.responseFields());
        Http2Fields fields = new Http2Fields(lines);
        DefaultHttp2HeadersDecoder headers = new DefaultHttp2HeadersDecoder(false, limits.responseHead().bytes()) {
            @Override
            protected Http2Headers newHeaders() {
                lines.reset();
                return fields;
            }
        };
        Http2HeadersEncoder heads = new DefaultHttp2HeadersEncoder(Http2ServiceFrames::isSecret, true);
        FrameBatch batch = new FrameBatch(new DefaultHttp2FrameWriter(heads), heads);
        connection.remote().flowController(batch.flowController(connection));
        encoder = new DefaultHttp2ConnectionEncoder(connection, batch);
        decoder = new DefaultHttp2ConnectionDecoder(connection, encoder,
                new DefaultHttp2FrameReader(headers, MAX_SMALL_CONTINUATIONS));
        settings = new Http2Settings().pushEnabled(false).initialWindowSize(STREAM_WINDOW)
                .maxHeaderListSize(limits.responseHead().bytes());
    }

    /// Whether a field is never put into the table that requests of all clients share: by trying values, one could find
    /// out another's, who sees how long the frames are (RFC 7541 section 7.1.3).
    private static boolean isSecret(CharSequence name, CharSequence value) {
        return switch (name.length()) {
            case 6 -> AsciiString.contentEquals(name, COOKIE);
            case 13 -> AsciiString.contentEquals(name, AUTHORIZATION);
            default -> false;
        };
    }

    Http2ConnectionEncoder encoder() {
        return encoder;
    }

    Http2ConnectionDecoder decoder() {
        return decoder;
    }

    Http2Settings settings() {
        return settings;
    }

    /// The fields of the head that was read last.
    ResponseLines lines() {
        return lines;
    }
}
