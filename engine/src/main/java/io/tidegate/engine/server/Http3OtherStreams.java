package io.tidegate.engine.server;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Exception;
import io.netty.handler.codec.quic.QuicException;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.ReferenceCountUtil;
import io.tidegate.api.Fault;

/// The streams of a client's HTTP/3 connection that carry no request (RFC 9114 §6.2): its control stream, those of
/// QPACK and those that nobody knows. Stands behind Netty's codec, which reads them.
final class Http3OtherStreams extends ChannelInboundHandlerAdapter {

    private final Http3ServerHandler connection;

    Http3OtherStreams(Http3ServerHandler connection) {
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof QuicStreamChannel stream && stream.type() == QuicStreamType.UNIDIRECTIONAL) {
            stream.pipeline().addLast(new Faults());
        }
        ctx.fireChannelRead(message);
    }

    /// Takes what the client says on its control stream.
    ChannelHandler control() {
        return new ControlFrames();
    }

    /// Takes a stream of a kind that is not known: nobody reads it (RFC 9114 §9).
    ChannelHandler unknown() {
        return new UnknownStream();
    }

    private void touched() {
        connection.terms().worker().deadlines().refresh();
        connection.idleFrame();
    }

    /// What else the client says on its control stream.
    private final class ControlFrames extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            touched();
        }
    }

    private final class UnknownStream extends ChannelInboundHandlerAdapter {

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            ((QuicStreamChannel) ctx.channel()).shutdownInput(Http3ErrorCode.H3_STREAM_CREATION_ERROR.code());
            touched();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }
    }

    /// What can't be read ends the connection.
    private final class Faults extends ChannelInboundHandlerAdapter {

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            switch (cause) {
                case Http3Exception broken -> connection.onConnectionError(broken);
                // A reset by the client.
                case QuicException reset -> touched();
                default -> connection.fail(Http3ErrorCode.H3_GENERAL_PROTOCOL_ERROR, Fault.H2_PROTOCOL);
            }
        }
    }
}
