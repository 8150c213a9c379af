package io.tidegate.engine.tls;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/// How a connection ends, with TLS or without: whoever reads its end must be able to tell all of it from a part
/// (RFC 8446 section 6.1).
public final class TlsClosing {

    private TlsClosing() {
    }

    /// Says that nothing more will come: with TLS by `close_notify`. Nothing can be sent from here on.
    ///
    /// @return completes when everything was sent
    public static ChannelFuture finish(ChannelHandlerContext ctx) {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        return tls == null ? ctx.writeAndFlush(Unpooled.EMPTY_BUFFER) : tls.closeOutbound();
    }

    /// Says that nothing more will come, by the end of the connection in this direction (FIN) too.
    ///
    /// @return completes when everything was sent
    public static ChannelFuture finishOutput(ChannelHandlerContext ctx) {
        return finish(ctx).addListener(sent -> {
            if (ctx.channel() instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            }
        });
    }

    /// Closes at once, without a word: the other side sees that something is missing.
    public static void cut(ChannelHandlerContext ctx) {
        ChannelHandlerContext tls = ctx.pipeline().context(SslHandler.class);
        if (tls == null) {
            ctx.close();
        } else {
            // From here on it goes to the socket, past the handler that would say goodbye.
            tls.close();
        }
    }
}
