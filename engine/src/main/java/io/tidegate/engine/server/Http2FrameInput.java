package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// The frames that come in on an HTTP/2 connection. Stricter than Netty's reader about heads of streams that are over:
/// those are connection errors (RFC 9113 §5.1, §5.1.1), unless the stream was reset from here.
final class Http2FrameInput extends DefaultHttp2FrameReader {

    private static final int MAX_SMALL_CONTINUATIONS = 8;

    private final Http2Connection connection;
    private final Http2FrameOutput output;
    private @Nullable Strict strict;

    Http2FrameInput(Http2HeadersDecoder headers, Http2Connection connection, Http2FrameOutput output) {
        super(headers, MAX_SMALL_CONTINUATIONS);
        this.connection = connection;
        this.output = output;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the same listener
    public void readFrame(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener listener) throws Http2Exception {
        Strict before = strict;
        if (before == null || before.delegate != listener) {
            before = new Strict(listener);
            strict = before;
        }
        super.readFrame(ctx, input, before);
    }

    /// Whether a head may come on this stream.
    private boolean takesHead(int streamId) throws Http2Exception {
        Http2Stream stream = connection.stream(streamId);
        if (stream == null) {
            if (!connection.remote().isValidStreamId(streamId) || !connection.streamMayHaveExisted(streamId)) {
                return true;
            }
            if (output.hasReset(streamId)) {
                return false;
            }
            throw Http2Exception.connectionError(Http2Error.STREAM_CLOSED, "HEADERS on closed stream %d", streamId);
        }
        if (stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE && !stream.isResetSent()) {
            throw Http2Exception.streamError(streamId, Http2Error.STREAM_CLOSED, "HEADERS behind the end of stream %d",
                    streamId);
        }
        return true;
    }

    /// Looks at heads before the codec does.
    private final class Strict extends Http2FrameListenerDecorator {

        private final Http2FrameListener delegate;

        Strict(Http2FrameListener delegate) {
            super(delegate);
            this.delegate = delegate;
        }

        @Override
        public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding,
                boolean endStream) throws Http2Exception {
            if (takesHead(streamId)) {
                super.onHeadersRead(ctx, streamId, headers, padding, endStream);
            }
        }

        @Override
        public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int dependency,
                short weight, boolean exclusive, int padding, boolean endStream) throws Http2Exception {
            if (takesHead(streamId)) {
                super.onHeadersRead(ctx, streamId, headers, dependency, weight, exclusive, padding, endStream);
            }
        }
    }
}
