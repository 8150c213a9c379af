package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.tidegate.engine.wire.Http2FrameSink;
import org.jspecify.annotations.Nullable;

/// The frames that go out on an HTTP/2 connection of a client: tells of data, and bounds the answers to control frames
/// that wait to be taken (CVE-2019-9512, CVE-2019-9514, CVE-2019-9515).
final class Http2FrameOutput extends Http2FrameSink {

    private static final int MAX_CONTROL_WAITING = 1000;

    private Http2Frames.@Nullable Events events;
    private int waiting;

    Http2FrameOutput(Http2FrameWriter delegate) {
        super(delegate);
    }

    /// Tells `to` of what goes out from here on.
    void tell(Http2Frames.Events to) {
        events = to;
    }

    private ChannelPromise counted(ChannelPromise promise) {
        if (promise.channel().isWritable()) {
            return promise;
        }
        ChannelPromise own = promise.unvoid();
        waiting++;
        own.addListener(written -> waiting--);
        if (waiting == MAX_CONTROL_WAITING && events != null) {
            events.onControlFlood();
        }
        return own;
    }

    @Override
    public ChannelFuture writeData(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding,
            boolean endStream, ChannelPromise promise) {
        if (events != null) {
            events.onDataWritten(streamId, data.readableBytes());
        }
        return super.writeData(ctx, streamId, data, padding, endStream, promise);
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
