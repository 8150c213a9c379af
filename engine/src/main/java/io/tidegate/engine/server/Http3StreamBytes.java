package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.quic.QuicStreamFrame;
import io.tidegate.engine.worker.Delivery;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The bytes of one request stream of HTTP/3, below its frames: where the stream ends, and how far the client has taken
/// what is sent.
final class Http3StreamBytes extends ChannelDuplexHandler implements Delivery {

    /// A frame of a reserved type and of no length, which whoever reads it passes over (RFC 9114 §7.2.8).
    private static final int RESERVED_TYPE = 0x21;
    private static final int FRAME_BYTES = 2;

    private final Http3StreamHandler stream;
    private final Http3FrameEdges edges = new Http3FrameEdges();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(2);
    private @Nullable ChannelHandlerContext context;
    private @Nullable DeliveryWatch watch;
    private long delivered;
    private long sent;

    /// Bytes that wait for the client's windows.
    private record Waiting(ByteBuf bytes, int length) {
    }

    Http3StreamBytes(Http3StreamHandler stream) {
        this.stream = stream;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        QuicStreamFrame frame = (QuicStreamFrame) message;
        stream.readBegins(edges.look(frame.content()));
        boolean end = frame.hasFin();
        boolean whole = !end || edges.isBetweenFrames();
        ctx.fireChannelRead(frame);
        stream.readEnds(end, whole);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ByteBuf bytes = (ByteBuf) message;
        int length = bytes.readableBytes();
        boolean first = waiting.isEmpty();
        boolean room = sent == 0 ? stream.hasFirstWindow() : ctx.channel().bytesBeforeUnwritable() > 0;
        sent += length;
        ctx.write(bytes, promise);
        if (promise.isDone()) {
            done(length, promise.isSuccess());
            return;
        }
        waiting.add(new Waiting(bytes, length));
        promise.addListener(taken -> {
            waiting.poll();
            done(length, taken.isSuccess());
        });
        boolean untouched = bytes.readableBytes() == length;
        if (first && room && untouched && stream.isConnectionFree()) {
            // The client has stopped the stream, and QUIC has forgotten it.
            stream.stopped();
        } else {
            watch().begin();
        }
    }

    private void done(int length, boolean taken) {
        delivered += length;
        if (!taken) {
            stream.stopped();
        }
    }

    private DeliveryWatch watch() {
        DeliveryWatch known = watch;
        if (known == null) {
            known = new DeliveryWatch(stream.terms(), this, stream::tooSlow);
            watch = known;
        }
        return known;
    }

    /// Bytes that were sent so far.
    long sent() {
        return sent;
    }

    /// Sends what means nothing, to see whether the client still wants the stream: the library tells of a client that
    /// has stopped it only when something is sent.
    void probe() {
        ChannelHandlerContext ctx = context;
        if (ctx != null && waiting.isEmpty()) {
            ByteBuf frame = ctx.alloc().directBuffer(FRAME_BYTES).writeByte(RESERVED_TYPE).writeByte(0);
            write(ctx, frame, ctx.newPromise());
        }
    }

    /// The stream is closed.
    void close() {
        DeliveryWatch known = watch;
        if (known != null) {
            known.close();
        }
    }

    @Override
    public long delivered() {
        Waiting first = waiting.peek();
        return first == null ? delivered : delivered + first.length() - first.bytes().readableBytes();
    }

    @Override
    public boolean isDelivered() {
        return waiting.isEmpty();
    }
}
