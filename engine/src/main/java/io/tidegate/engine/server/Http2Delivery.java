package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.tidegate.engine.worker.Delivery;

/// What goes to a client of HTTP/2 by the operating system, frames of all kinds, encrypted where there is TLS. That the
/// client takes it is watched: the windows of streams tell nothing of a client that has opened them all and does not
/// read. Stands in front of everything else in the pipeline.
final class Http2Delivery extends ChannelOutboundHandlerAdapter implements Delivery {

    private final Channel channel;
    private final DeliveryWatch watch;
    private long total;

    /// The delivery on `channel`; runs `tooSlow` where the client takes too little.
    Http2Delivery(ConnectionTerms terms, Channel channel, Runnable tooSlow) {
        this.channel = channel;
        this.watch = new DeliveryWatch(terms, this, tooSlow);
    }

    /// The connection is closed.
    void close() {
        watch.close();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            total += bytes.readableBytes();
        }
        ctx.write(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        ctx.flush();
        if (!isDelivered()) {
            watch.begin();
        }
    }

    @Override
    public long delivered() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting == null ? total : total - waiting.totalPendingWriteBytes() + waiting.currentProgress();
    }

    @Override
    public boolean isDelivered() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting == null || waiting.isEmpty();
    }
}
