package io.tidegate.engine.worker;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DecoratingHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The frames of HTTP/2 that go out at once, in one buffer: heads and small bodies of many streams become one write to
/// the channel, and one record of TLS, where the codec would make four for each response (RFC 9113 §4.1). Other frames
/// go to the codec's own writer, behind what was put together before.
///
/// It has to be the writer of a connection with its [#flowController], by which each flush begins. Confined to the event
/// loop of its connection.
public final class FrameBatch extends DecoratingHttp2FrameWriter {

    private static final int FRAME_HEAD = 9;
    private static final int LARGEST_COPY = 4096;
    /// As much as a record of TLS holds.
    private static final int FULL = 16 * 1024;
    private static final int FIRST = 2048;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private final Http2HeadersEncoder heads;
    private final List<ChannelPromise> waiting = new ArrayList<>();
    private @Nullable ByteBuf bytes;
    private boolean closed;

    /// A batch for the connection whose other frames `others` writes.
    ///
    /// @param heads
    ///            compresses the fields, for both
    public FrameBatch(Http2FrameWriter others, Http2HeadersEncoder heads) {
        super(others);
        this.heads = heads;
    }

    /// What holds data back until the other side has room for it, and hands on what was put together once all that may
    /// go has been given to this. All streams are alike to it: nobody sends priorities any more (RFC 9113 §5.3.2), and
    /// to keep them in order is dear.
    public Http2RemoteFlowController flowController(Http2Connection connection) {
        return new DefaultHttp2RemoteFlowController(connection, new UniformStreamByteDistributor(connection)) {
            @Override
            public void writePendingBytes() throws Http2Exception {
                super.writePendingBytes();
                emit(channelHandlerContext());
            }
        };
    }

    /// Hands what was put together to the channel; it goes out with the next flush.
    private void emit(ChannelHandlerContext ctx) {
        ByteBuf out = bytes;
        if (out == null) {
            return;
        }
        bytes = null;
        if (waiting.isEmpty()) {
            ctx.write(out, ctx.voidPromise());
            return;
        }
        ChannelPromise[] told = waiting.toArray(new ChannelPromise[0]);
        waiting.clear();
        ctx.write(out).addListener(written -> {
            for (ChannelPromise promise : told) {
                if (written.isSuccess()) {
                    promise.trySuccess();
                } else {
                    promise.tryFailure(written.cause());
                }
            }
        });
    }

    private ByteBuf room(ChannelHandlerContext ctx, int length) {
        ByteBuf out = bytes;
        if (out != null && out.readableBytes() + length > FULL) {
            emit(ctx);
            out = null;
        }
        if (out == null) {
            out = ctx.alloc().directBuffer(Math.max(length, FIRST));
            bytes = out;
        }
        return out;
    }

    /// A frame that ends its stream has gone out when the channel says so, since the connection may be closed then;
    /// others when they were put in.
    private ChannelFuture done(ChannelPromise promise, boolean end) {
        if (end) {
            waiting.add(promise);
        } else {
            promise.trySuccess();
        }
        return promise;
    }

    private static void frame(ByteBuf out, int at, int length, int type, int flags, int streamId) {
        out.setMedium(at, length);
        out.setByte(at + 3, type);
        out.setByte(at + 4, flags);
        out.setInt(at + 5, streamId);
    }

    // What is put together.

    @Override
    public ChannelFuture writeHeaders(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding,
            boolean endStream, ChannelPromise promise) {
        if (closed) {
            return promise.setFailure(new ClosedChannelException());
        }
        ByteBuf out = room(ctx, FIRST / 4);
        int start = out.writerIndex();
        try {
            out.writeZero(FRAME_HEAD);
            heads.encodeHeaders(streamId, headers, out);
        } catch (Exception e) {
            out.writerIndex(start);
            return promise.setFailure(e);
        }
        int flags = endStream ? END_STREAM : 0;
        int length = out.writerIndex() - start - FRAME_HEAD;
        int most = configuration().frameSizePolicy().maxFrameSize();
        if (length <= most) {
            frame(out, start, length, Http2FrameTypes.HEADERS, flags | END_HEADERS, streamId);
        } else {
            split(out, start, length, most, flags, streamId);
        }
        return done(promise, endStream);
    }

    /// A head that is too long for one frame goes on in CONTINUATION (RFC 9113 §6.10).
    private static void split(ByteBuf out, int start, int length, int most, int flags, int streamId) {
        byte[] block = new byte[length];
        out.getBytes(start + FRAME_HEAD, block);
        out.writerIndex(start);
        for (int at = 0; at < length; at += most) {
            int part = Math.min(most, length - at);
            int head = out.writerIndex();
            out.writeZero(FRAME_HEAD);
            frame(out, head, part, at == 0 ? Http2FrameTypes.HEADERS : Http2FrameTypes.CONTINUATION,
                    (at == 0 ? flags : 0) | (at + part == length ? END_HEADERS : 0), streamId);
            out.writeBytes(block, at, part);
        }
    }

    @Override
    public ChannelFuture writeData(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding,
            boolean endStream, ChannelPromise promise) {
        int length = data.readableBytes();
        if (closed) {
            data.release();
            return promise.setFailure(new ClosedChannelException());
        }
        if (padding > 0 || length > LARGEST_COPY) {
            emit(ctx);
            return super.writeData(ctx, streamId, data, padding, endStream, promise);
        }
        ByteBuf out = room(ctx, FRAME_HEAD + length);
        int head = out.writerIndex();
        out.writeZero(FRAME_HEAD);
        frame(out, head, length, Http2FrameTypes.DATA, endStream ? END_STREAM : 0, streamId);
        out.writeBytes(data, data.readerIndex(), length);
        data.release();
        return done(promise, endStream);
    }

    // What keeps its place behind it.

    @Override
    public ChannelFuture writePriority(ChannelHandlerContext ctx, int streamId, int dependency, short weight,
            boolean exclusive, ChannelPromise promise) {
        emit(ctx);
        return super.writePriority(ctx, streamId, dependency, weight, exclusive, promise);
    }

    @Override
    public ChannelFuture writeRstStream(ChannelHandlerContext ctx, int streamId, long errorCode,
            ChannelPromise promise) {
        emit(ctx);
        return super.writeRstStream(ctx, streamId, errorCode, promise);
    }

    @Override
    public ChannelFuture writeSettings(ChannelHandlerContext ctx, Http2Settings settings, ChannelPromise promise) {
        emit(ctx);
        return super.writeSettings(ctx, settings, promise);
    }

    @Override
    public ChannelFuture writeSettingsAck(ChannelHandlerContext ctx, ChannelPromise promise) {
        emit(ctx);
        return super.writeSettingsAck(ctx, promise);
    }

    @Override
    public ChannelFuture writePing(ChannelHandlerContext ctx, boolean ack, long data, ChannelPromise promise) {
        emit(ctx);
        return super.writePing(ctx, ack, data, promise);
    }

    @Override
    public ChannelFuture writePushPromise(ChannelHandlerContext ctx, int streamId, int promisedStreamId,
            Http2Headers headers, int padding, ChannelPromise promise) {
        emit(ctx);
        return super.writePushPromise(ctx, streamId, promisedStreamId, headers, padding, promise);
    }

    @Override
    public ChannelFuture writeGoAway(ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData,
            ChannelPromise promise) {
        emit(ctx);
        return super.writeGoAway(ctx, lastStreamId, errorCode, debugData, promise);
    }

    @Override
    public ChannelFuture writeWindowUpdate(ChannelHandlerContext ctx, int streamId, int increment,
            ChannelPromise promise) {
        emit(ctx);
        return super.writeWindowUpdate(ctx, streamId, increment, promise);
    }

    @Override
    public ChannelFuture writeFrame(ChannelHandlerContext ctx, byte frameType, int streamId, Http2Flags flags,
            ByteBuf payload, ChannelPromise promise) {
        emit(ctx);
        return super.writeFrame(ctx, frameType, streamId, flags, payload, promise);
    }

    /// Lets go of what was not handed to the channel; nothing is put in any more.
    @Override
    public void close() {
        closed = true;
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
        for (ChannelPromise promise : List.copyOf(waiting)) {
            promise.tryFailure(new ClosedChannelException());
        }
        waiting.clear();
        super.close();
    }
}
