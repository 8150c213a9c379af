package io.tidegate.tests.stream;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// A TCP server on a port of the loopback address that sends back what it gets, until it is gone without a word: from
/// then on the operating system throws away every packet for its connections, as if its host had lost its power.
final class VanishingHost implements AutoCloseable {

    /// `setsockopt(SOL_SOCKET, SO_ATTACH_FILTER)` of Linux: a program that decides which packets a socket gets, here
    /// one that says "none of it". It is given as a `struct sock_fprog`: how many instructions, and where they are.
    private static final RawUnixChannelOption ATTACH_FILTER = new RawUnixChannelOption("SO_ATTACH_FILTER", 1, 26, 16);
    /// `BPF_RET | BPF_K` of nothing, a `struct sock_filter`.
    private static final ByteBuf NOTHING = Unpooled.unreleasableBuffer(Unpooled.directBuffer(8)
            .writeBytes(new byte[8]).setShortLE(0, 6));

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final List<Channel> connections = new CopyOnWriteArrayList<>();
    private final Channel server;

    /// Starts one.
    VanishingHost() throws InterruptedException {
        server = new ServerBootstrap().group(group).channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true).childHandler(new Echo())
                .bind(InetAddress.getLoopbackAddress(), 0).sync().channel();
    }

    /// Where it is.
    int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    /// From now on it gets nothing of what is sent to it, and says nothing.
    void vanish() {
        for (Channel connection : connections) {
            ByteBuffer program = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder())
                    .putShort(0, (short) 1).putLong(8, NOTHING.memoryAddress());
            if (!connection.config().setOption(ATTACH_FILTER, program)) {
                throw new IllegalStateException("the socket takes no filter");
            }
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Sharable
    private final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            connections.add(context.channel());
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.writeAndFlush(message);
        }
    }
}
