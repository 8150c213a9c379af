package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DecoratingHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DecoratingHttp2FrameWriter;
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
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.tidegate.config.LimitsConfig;
import io.tidegate.engine.wire.FieldLines;
import io.tidegate.engine.wire.Http2Fields;

/// Netty's HTTP/2 codec (RFC 9113), put together for a connection of a client: framing, HPACK and flow control are its
/// work; the bounds are ours.
final class Http2Frames {

    private static final int MAX_STREAMS = 100;
    private static final int STREAM_WINDOW = 65_535;
    /// Bytes of all requests of a connection that may wait here.
    static final int CONNECTION_WINDOW = 1 << 20;
    private static final int MAX_SMALL_CONTINUATIONS = 8;
    /// Answers to control frames that wait to be taken, after which the connection is given up.
    private static final int MAX_CONTROL_WAITING = 1000;

    private final Http2Connection connection;
    private final Http2ConnectionEncoder encoder;
    private final Http2ConnectionDecoder decoder;
    private final Http2Settings settings;
    private final FieldLines lines;

    /// A codec within `limits`.
    ///
    /// @param onData
    ///            hears of data frames as they are written
    /// @param onFlood
    ///            runs where the client does not take the answers to its control frames
    Http2Frames(LimitsConfig limits, DataListener onData, Runnable onFlood) {
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
        Http2FrameWriter writer = new Written(
                new DefaultHttp2FrameWriter(new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true)),
                onData);
        encoder = new Bounded(new DefaultHttp2ConnectionEncoder(connection, writer), onFlood);
        decoder = new DefaultHttp2ConnectionDecoder(connection, encoder,
                new DefaultHttp2FrameReader(headers, MAX_SMALL_CONTINUATIONS),
                Http2PromisedRequestVerifier.ALWAYS_VERIFY, true, true, false, false);
        settings = new Http2Settings().maxConcurrentStreams(MAX_STREAMS).initialWindowSize(STREAM_WINDOW)
                .maxHeaderListSize(limits.requestHead().bytes());
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

    /// Hears of data frames as they are written, once the client's windows let them.
    interface DataListener {

        /// So many bytes of this stream go to the operating system.
        void onDataWritten(int streamId, int bytes);
    }

    /// Tells of data that goes out.
    private static final class Written extends DecoratingHttp2FrameWriter {

        private final DataListener listener;

        Written(Http2FrameWriter delegate, DataListener listener) {
            super(delegate);
            this.listener = listener;
        }

        @Override
        public ChannelFuture writeData(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding,
                boolean endStream, ChannelPromise promise) {
            listener.onDataWritten(streamId, data.readableBytes());
            return super.writeData(ctx, streamId, data, padding, endStream, promise);
        }
    }

    /// Bounds the answers to control frames that wait to be taken (CVE-2019-9512, CVE-2019-9514, CVE-2019-9515).
    private static final class Bounded extends DecoratingHttp2ConnectionEncoder {

        private final Runnable onFlood;
        private int queued;

        Bounded(Http2ConnectionEncoder delegate, Runnable onFlood) {
            super(delegate);
            this.onFlood = onFlood;
        }

        private ChannelPromise counted(ChannelPromise promise) {
            ChannelPromise own = promise.unvoid();
            if (own.channel().isWritable()) {
                return own;
            }
            queued++;
            own.addListener(written -> queued--);
            if (queued == MAX_CONTROL_WAITING) {
                onFlood.run();
            }
            return own;
        }

        @Override
        public ChannelFuture writeSettingsAck(ChannelHandlerContext ctx, ChannelPromise promise) {
            return super.writeSettingsAck(ctx, counted(promise));
        }

        @Override
        public ChannelFuture writePing(ChannelHandlerContext ctx, boolean ack, long data, ChannelPromise promise) {
            return super.writePing(ctx, ack, data, ack ? counted(promise) : promise);
        }

        @Override
        public ChannelFuture writeRstStream(ChannelHandlerContext ctx, int streamId, long errorCode,
                ChannelPromise promise) {
            return super.writeRstStream(ctx, streamId, errorCode, counted(promise));
        }
    }
}
