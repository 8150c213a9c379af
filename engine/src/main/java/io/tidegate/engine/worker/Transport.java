package io.tidegate.engine.worker;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.tidegate.config.ProcessConfig;
import java.net.StandardSocketOptions;
import java.util.function.Function;
import jdk.net.ExtendedSocketOptions;

/// How sockets are driven: Linux io_uring with a ring of provided buffers, Linux epoll, or the JDK's selector.
public enum Transport {
    /// Linux io_uring.
    IO_URING("io_uring"),
    /// Linux epoll.
    EPOLL("epoll"),
    /// The JDK's own; no Unix sockets.
    NIO("nio");

    private static final String MULTISHOT = "io.netty.iouring.recvMultiShotEnabled";
    private static final short BUFFER_GROUP = 1;

    /// Size of a buffer to receive into, in bytes: eight cache lines more than a power of two, so that neighbours don't
    /// begin on the same lines of the processor's cache.
    private static final int RECEIVE_BUFFER = 16384 + 512;

    /// Entries of the ring of submissions and of the ring of completions of io_uring. Both are gone through from end to
    /// end again and again: what does not fit into the processor's cache costs several percent.
    private static final int SUBMISSIONS = 512;
    private static final int COMPLETIONS = 4096;

    /// Most buffers that one read is made of where [#readsAtOnce] says so.
    private static final RecvByteBufAllocator AT_ONCE = new FixedRecvByteBufAllocator(RECEIVE_BUFFER)
            .maxMessagesPerRead(16);

    /// Most clients that a listener accepts in one turn of its loop. Netty's own is one: a thousand clients that come
    /// at once to a busy loop would wait for as many of its turns, and have gone by then. Each has a descriptor before
    /// it can be refused, so that there are few where there may be few connections.
    private static final int ACCEPTED_PER_TURN = 256;
    private static final int ACCEPTED_OF_FEW = 64;
    private static final int FEW_CONNECTIONS = 2048;

    /// When the other side of a quiet connection is asked for a sign of life, and how long after each time again,
    /// in seconds.
    private static final int PROBED_AFTER = 15;
    private static final int PROBED_EVERY = 5;
    private static final int PROBES = 3;
    /// How long what was sent may stay without an acknowledgement.
    private static final int UNACKNOWLEDGED_MILLIS = 30_000;

    static {
        // A receive that goes on by itself can't be stopped at once: by the time it is, it may have filled the whole ring
        // for a client whose service does not take the data. Where it can't be given an end (UringReceives), receives are
        // made one at a time.
        if (System.getProperty(MULTISHOT) == null) {
            System.setProperty(MULTISHOT, String.valueOf(UringReceives.areAvailable()));
        }
    }

    private final String label;

    Transport(String label) {
        this.label = label;
    }

    /// Its name, as users write it.
    public String label() {
        return label;
    }

    /// Whether this machine has it.
    public boolean isAvailable() {
        return switch (this) {
            case IO_URING -> IoUring.isAvailable() && IoUring.isRegisterBufferRingSupported();
            case EPOLL -> Epoll.isAvailable();
            case NIO -> true;
        };
    }

    /// The transport to use.
    ///
    /// @throws IllegalArgumentException
    ///             where one is asked for that this machine does not have
    public static Transport choose(ProcessConfig.Transport wanted) {
        Transport transport = switch (wanted) {
            case AUTO -> IO_URING.isAvailable() ? IO_URING : EPOLL.isAvailable() ? EPOLL : NIO;
            case IO_URING -> IO_URING;
            case EPOLL -> EPOLL;
            case NIO -> NIO;
        };
        if (!transport.isAvailable()) {
            throw new IllegalArgumentException("transport " + transport.label + " is not available on this machine");
        }
        return transport;
    }

    /// Makes what drives the sockets of an event loop.
    ///
    /// @param queues
    ///            the requests that wait at each loop
    IoHandlerFactory handlers(Function<ThreadAwareExecutor, RequestQueue> queues) {
        return ForwardingIoHandler.factory(handlers(),
                (handler, loop) -> new QueueHandler(wrapped(handler), queues.apply(loop)));
    }

    private IoHandler wrapped(IoHandler netty) {
        return switch (this) {
            case IO_URING -> new UringHandler(netty);
            case EPOLL -> new EpollHandler(netty);
            case NIO -> netty;
        };
    }

    private IoHandlerFactory handlers() {
        return switch (this) {
            case IO_URING -> IoUringIoHandler.newFactory(new IoUringIoHandlerConfig()
                    .setRingSize(SUBMISSIONS)
                    .setCqSize(COMPLETIONS)
                    .setSingleIssuer(true)
                    .setBufferRingConfig(IoUringBufferRingConfig.builder().bufferGroupId(BUFFER_GROUP)
                            .bufferRingSize((short) 256).batchSize(64)
                            .allocator(new IoUringFixedBufferRingAllocator(ByteBufAllocator.DEFAULT, RECEIVE_BUFFER))
                            .build()));
            case EPOLL -> EpollIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    /// The class of listening channels.
    public Class<? extends ServerChannel> server(boolean unix) {
        return switch (this) {
            case IO_URING -> unix ? IoUringServerDomainSocketChannel.class : IoUringServerSocketChannel.class;
            case EPOLL -> unix ? EpollServerDomainSocketChannel.class : EpollServerSocketChannel.class;
            case NIO -> NioServerSocketChannel.class;
        };
    }

    /// The class of outgoing channels.
    public Class<? extends Channel> client(boolean unix) {
        return switch (this) {
            case IO_URING -> unix ? IoUringDomainSocketChannel.class : IoUringSocketChannel.class;
            case EPOLL -> unix ? EpollDomainSocketChannel.class : EpollSocketChannel.class;
            case NIO -> NioSocketChannel.class;
        };
    }

    /// The class of channels of datagrams.
    public Class<? extends DatagramChannel> datagrams() {
        return switch (this) {
            case IO_URING -> IoUringDatagramChannel.class;
            case EPOLL -> EpollDatagramChannel.class;
            case NIO -> NioDatagramChannel.class;
        };
    }

    /// Lets a socket for each loop be bound to the same address: the kernel shares out what comes by who sent it.
    public void sharing(Bootstrap bootstrap) {
        if (this == NIO) {
            bootstrap.option(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true);
        } else {
            bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
        }
    }

    /// Most clients that a listener accepts in one turn of its loop.
    ///
    /// @param connections
    ///            most connections there may be
    public static int acceptedPerTurn(long connections) {
        return connections < FEW_CONNECTIONS ? ACCEPTED_OF_FEW : ACCEPTED_PER_TURN;
    }

    /// Sets how clients are accepted, and how their channels receive.
    ///
    /// @param connections
    ///            most connections there may be
    public void receiving(ServerBootstrap bootstrap, int connections) {
        if (this == IO_URING) {
            bootstrap.childOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, BUFFER_GROUP);
        } else {
            bootstrap.option(ChannelOption.RECVBUF_ALLOCATOR, accepting(acceptedPerTurn(connections)));
        }
        bootstrap.childOption(ChannelOption.RECVBUF_ALLOCATOR, reading());
    }

    /// Accepts until nobody is left, or so many are in: what Netty takes for the length of a read here is the number of
    /// a descriptor.
    private static RecvByteBufAllocator accepting(int most) {
        return new ServerChannelRecvByteBufAllocator().respectMaybeMoreData(false).maxMessagesPerRead(most);
    }

    /// What a receive takes: with io_uring a buffer of the ring, so that only the size is asked for.
    private RecvByteBufAllocator reading() {
        return this == IO_URING ? new FixedRecvByteBufAllocator(RECEIVE_BUFFER) : new ReceiveBuffers(RECEIVE_BUFFER);
    }

    /// Lets the operating system notice that the other side of an outgoing TCP connection is gone without a word,
    /// within 30 s: what has no end by itself, as tunnels and streams of events, would wait for it for as long as it
    /// may be quiet.
    public void noticingLoss(Bootstrap bootstrap) {
        bootstrap.option(ChannelOption.SO_KEEPALIVE, true);
        switch (this) {
            case IO_URING -> bootstrap.option(IoUringChannelOption.TCP_KEEPIDLE, PROBED_AFTER)
                    .option(IoUringChannelOption.TCP_KEEPINTVL, PROBED_EVERY)
                    .option(IoUringChannelOption.TCP_KEEPCNT, PROBES)
                    .option(IoUringChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS);
            case EPOLL -> bootstrap.option(EpollChannelOption.TCP_KEEPIDLE, PROBED_AFTER)
                    .option(EpollChannelOption.TCP_KEEPINTVL, PROBED_EVERY)
                    .option(EpollChannelOption.TCP_KEEPCNT, PROBES)
                    .option(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS);
            case NIO -> bootstrap.option(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), PROBED_AFTER)
                    .option(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), PROBED_EVERY)
                    .option(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), PROBES);
        }
    }

    /// Sets how outgoing channels receive.
    public void receiving(Bootstrap bootstrap) {
        if (this == IO_URING) {
            bootstrap.option(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, BUFFER_GROUP);
        }
        bootstrap.option(ChannelOption.RECVBUF_ALLOCATOR, reading());
    }

    /// Has what comes at once over a channel be one read, though it lies in several buffers, since the first was nearly
    /// full. Only for whoever needs no end of a read once it has switched reading off: none may come then. Before
    /// anything was read.
    public void readsAtOnce(Channel channel) {
        // With receives of one buffer each, one more that finds nothing would be the end.
        if (this == IO_URING && UringReceives.areAvailable()) {
            channel.config().setRecvByteBufAllocator(AT_ONCE);
        }
    }
}
