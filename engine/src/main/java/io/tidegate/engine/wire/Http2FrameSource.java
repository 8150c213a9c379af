package io.tidegate.engine.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersDecoder;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// The frames that come in on an HTTP/2 connection. What comes on a stream that was reset from here was sent before the
/// other side heard of it: it is dropped, without a word and without a fault (RFC 9113 §5.1), where Netty would reset
/// the stream once more for each frame.
public class Http2FrameSource extends DefaultHttp2FrameReader {

    private static final int MAX_SMALL_CONTINUATIONS = 8;

    private final Http2Connection connection;
    private final Http2FrameSink output;
    private Runnable dropped = () -> {};
    private @Nullable Filter filter;
    private boolean stopped;

    /// Frames of this connection, whose own go out by `output`.
    public Http2FrameSource(Http2HeadersDecoder headers, Http2Connection connection, Http2FrameSink output) {
        super(headers, MAX_SMALL_CONTINUATIONS);
        this.connection = connection;
        this.output = output;
    }

    /// Tells of frames that are dropped, but of those whose number the windows bound.
    public void tellOfDropped(Runnable to) {
        dropped = to;
    }

    /// Drops all that comes from here on: the connection is given up, however long it takes to say so.
    public void stop() {
        stopped = true;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the same listener
    public void readFrame(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener listener) throws Http2Exception {
        if (stopped) {
            input.skipBytes(input.readableBytes());
            return;
        }
        Filter before = filter;
        if (before == null || before.delegate != listener) {
            before = new Filter(listener);
            filter = before;
        }
        super.readFrame(ctx, input, before);
    }

    /// Whether a head on this stream is looked at.
    protected boolean takesHead(int streamId) throws Http2Exception {
        return !isLate(streamId);
    }

    /// Whether what comes on this stream is nobody's any more: it was reset from here, or begins behind the last one
    /// that is served, or the connection is given up by a frame before it.
    protected final boolean isLate(int streamId) {
        if (stopped) {
            return true;
        }
        Http2Stream stream = connection.stream(streamId);
        if (stream != null) {
            return stream.isResetSent();
        }
        return output.hasReset(streamId) || (connection.goAwaySent() && connection.remote().isValidStreamId(streamId)
                && streamId > connection.remote().lastStreamKnownByPeer());
    }

    /// Looks at frames before the codec does.
    private final class Filter extends Http2FrameListenerDecorator {

        private final Http2FrameListener delegate;

        Filter(Http2FrameListener delegate) {
            super(delegate);
            this.delegate = delegate;
        }

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end)
                throws Http2Exception {
            int length = data.readableBytes() + padding;
            if (!isLate(streamId) || output.isTooLate(streamId, length)) {
                return super.onDataRead(ctx, streamId, data, padding, end);
            }
            if (length == 0) {
                dropped.run();
                return 0;
            }
            // It counts against the window of the connection all the same, and is done with at once.
            Http2Stream stream = connection.stream(streamId);
            Http2LocalFlowController windows = connection.local().flowController();
            windows.receiveFlowControlledFrame(stream, data, padding, end);
            if (stream != null) {
                windows.consumeBytes(stream, length);
            }
            return length;
        }

        @Override
        public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding,
                boolean end) throws Http2Exception {
            if (takesHead(streamId)) {
                super.onHeadersRead(ctx, streamId, headers, padding, end);
            } else {
                dropped.run();
            }
        }

        @Override
        public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int dependency,
                short weight, boolean exclusive, int padding, boolean end) throws Http2Exception {
            if (takesHead(streamId)) {
                super.onHeadersRead(ctx, streamId, headers, dependency, weight, exclusive, padding, end);
            } else {
                dropped.run();
            }
        }
    }
}
