package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.tidegate.engine.worker.Worker;

/// What the streams of an HTTP/2 connection send: given to the codec at once, and flushed once for all of them in one
/// turn of the loop.
final class Http2Outbox {

    private final Http2ServerHandler codec;
    private final Worker worker;
    private final Channel channel;
    private final Http2SlowStreams slow;
    private final Runnable flushTask = this::flushNow;
    private boolean reading;
    private boolean flushQueued;

    /// The outbox of the connection whose frames `codec` writes to `channel`.
    Http2Outbox(Http2ServerHandler codec, Channel channel, Http2SlowStreams slow) {
        this.codec = codec;
        this.worker = codec.terms().worker();
        this.channel = channel;
        this.slow = slow;
    }

    ByteBufAllocator allocator() {
        return channel.alloc();
    }

    /// Sends the head of a response.
    ///
    /// @param end
    ///            whether the response is complete with it
    ChannelFuture head(Http2Stream stream, Http2Headers fields, boolean end) {
        ChannelHandlerContext ctx = codec.context();
        return codec.encoder().writeHeaders(ctx, stream.id(), fields, 0, end, ctx.newPromise());
    }

    /// Sends a part of a body; takes the buffer.
    ///
    /// @param end
    ///            whether the response is complete with it
    ChannelFuture data(Http2Stream stream, ByteBuf data, boolean end) {
        ChannelHandlerContext ctx = codec.context();
        slow.given(stream);
        return codec.encoder().writeData(ctx, stream.id(), data, 0, end, ctx.newPromise());
    }

    /// Ends a stream at once, in both directions.
    void reset(Http2Stream stream, Http2Error error) {
        ChannelHandlerContext ctx = codec.context();
        codec.resetStream(ctx, stream.id(), error.code(), ctx.newPromise());
    }

    /// The response is complete, and the rest of the request is not needed (RFC 9113 §8.1).
    ///
    /// @param last
    ///            the end of the response: a reset would drop what waits before it
    void stopRequest(Http2Stream stream, ChannelFuture last) {
        last.addListener(sent -> {
            if (sent.isSuccess() && codec.connection().stream(stream.id()) != null) {
                reset(stream, Http2Error.NO_ERROR);
                flushLater();
            }
        });
    }

    /// Whether the client takes more of this stream.
    boolean isWritable(Http2Stream stream) {
        return codec.encoder().flowController().isWritable(stream);
    }

    /// Frames are read: what is sent meanwhile is flushed when that is over, by the codec.
    void readBegins() {
        reading = true;
    }

    /// No frame is read any more.
    void readEnds() {
        reading = false;
    }

    /// Flushes at the end of this turn of the loop, once for all streams.
    void flushLater() {
        if (!reading && !flushQueued) {
            flushQueued = true;
            worker.loop().execute(flushTask);
        }
    }

    private void flushNow() {
        flushQueued = false;
        if (channel.isActive()) {
            codec.flush(codec.context());
            slow.watchGiven();
        }
    }
}
