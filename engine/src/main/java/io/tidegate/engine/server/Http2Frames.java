package io.tidegate.engine.server;

import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.tidegate.config.LimitsConfig;
import io.tidegate.engine.wire.FieldLines;
import io.tidegate.engine.wire.Http2Fields;
import io.tidegate.engine.worker.FrameBatch;

/// Netty's HTTP/2 codec (RFC 9113), put together for a connection of a client: framing, HPACK and flow control are its
/// work; the bounds are ours.
final class Http2Frames {

    private static final int MAX_STREAMS = 100;
    private static final int STREAM_WINDOW = 65_535;
    /// Bytes of all requests of a connection that may wait here.
    static final int CONNECTION_WINDOW = 1 << 20;

    private final Http2Connection connection;
    private final Http2ConnectionEncoder encoder;
    private final Http2ConnectionDecoder decoder;
    private final Http2Settings settings;
    private final FieldLines lines;
    private final Http2FrameOutput output;

    /// A codec within `limits`.
    Http2Frames(LimitsConfig limits) {
        connection = new DefaultHttp2Connection(true);
        lines = new FieldLines(limits.requestFields());
        Http2Fields fields = new Http2Fields(lines);
        DefaultHttp2HeadersDecoder headers = new DefaultHttp2HeadersDecoder(false, limits.requestHead().bytes()) {
            @Override
            protected Http2Headers newHeaders() {
                lines.reset();
                return fields;
            }
        };
        // What a client says of the size of heads is advice (RFC 9113 section 6.5.2), and a way to waste work.
        Http2HeadersEncoder heads = new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true);
        FrameBatch batch = new FrameBatch(new DefaultHttp2FrameWriter(heads), heads);
        output = new Http2FrameOutput(batch);
        connection.remote().flowController(batch.flowController(connection));
        encoder = new DefaultHttp2ConnectionEncoder(connection, output);
        decoder = new DefaultHttp2ConnectionDecoder(connection, encoder,
                new Http2FrameInput(headers, connection, output),
                Http2PromisedRequestVerifier.ALWAYS_VERIFY, true, true, false, false);
        settings = new Http2Settings().maxConcurrentStreams(MAX_STREAMS).initialWindowSize(STREAM_WINDOW)
                .maxHeaderListSize(limits.requestHead().bytes());
    }

    /// Tells `events` of what goes out from here on.
    void tell(Events events) {
        output.tell(events);
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
    FieldLines lines() {
        return lines;
    }

    /// Hears of what the codec does.
    interface Events {

        /// So many bytes of this stream's data go to the operating system, once the client's windows let them.
        void onDataWritten(int streamId, int bytes);

        /// The client does not take the answers to its control frames.
        void onControlFlood();
    }
}
