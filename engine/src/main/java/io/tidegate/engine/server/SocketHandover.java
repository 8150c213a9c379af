package io.tidegate.engine.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands listening sockets from one process to the next over a Unix socket, so that an upgrade refuses nobody: the
/// queue of connections that wait to be accepted belongs to the socket, and the socket never closes.
///
/// ```
/// old: offers ◀── connects ── new
/// old ── descriptors, end ──▶ new     binds nothing anew, reads its configuration, accepts
/// old ◀── end ─────────────── new     serves; the old one drains
/// old ◀── closed without it ─ new     failed; the old one goes on
/// ```
///
public final class SocketHandover implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SocketHandover.class);
    /// Stands for the end of what is handed over: only descriptors can be sent.
    private static final Path END = Path.of("/dev/null");
    private static final long LIMIT_SECONDS = 10;

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1,
            new DefaultThreadFactory("tidegate-handover", true), EpollIoHandler.newFactory());
    private final Path path;
    private @Nullable Channel offering;
    private @Nullable Channel taking;
    private volatile boolean taken;
    private volatile boolean tookSome;

    /// A socket that was handed over.
    ///
    /// @param descriptor
    ///            number of the file descriptor; it is this process's own
    /// @param address
    ///            where it is bound
    public record Inherited(int descriptor, SocketAddress address) {

        /// Lets go of a socket that is not listened on any more.
        public void close() {
            try {
                new FileDescriptor(descriptor).close();
            } catch (IOException e) {
                LOG.debug("can't close an inherited socket", e);
            }
        }
    }

    /// A handover at `path`.
    public SocketHandover(Path path) {
        this.path = path;
    }

    /// Takes the sockets of the process that offers them; none where there is no such process.
    ///
    /// @throws IOException
    ///             where there is one, and it does not hand them over
    public List<Inherited> take() throws IOException, InterruptedException {
        if (!Files.exists(path)) {
            return List.of();
        }
        List<Inherited> sockets = new ArrayList<>();
        CompletableFuture<List<Inherited>> all = new CompletableFuture<>();
        Bootstrap bootstrap = new Bootstrap().group(group).channel(EpollDomainSocketChannel.class)
                .option(EpollChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.FILE_DESCRIPTORS)
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        FileDescriptor received = (FileDescriptor) message;
                        if (isEnd(received)) {
                            all.complete(List.copyOf(sockets));
                        } else {
                            int descriptor = received.intValue();
                            sockets.add(new Inherited(descriptor,
                                    new EpollServerSocketChannel(descriptor).localAddress()));
                        }
                    }

                    @Override
                    public void channelInactive(ChannelHandlerContext ctx) {
                        all.completeExceptionally(new IOException("the running process broke off"));
                    }
                });
        var connecting = bootstrap.connect(new DomainSocketAddress(path.toFile())).await();
        if (!connecting.isSuccess()) {
            // Nobody listens: a process that died left its file behind.
            Files.deleteIfExists(path);
            return List.of();
        }
        taking = connecting.channel();
        try {
            List<Inherited> given = all.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            tookSome = true;
            return given;
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the process that offers its sockets at " + path + " did not hand them over", e);
        }
    }

    /// Whether it is the file that stands for the end, and no socket. Closes it then.
    private static boolean isEnd(FileDescriptor received) {
        try {
            Path link = Files.readSymbolicLink(Path.of("/proc/self/fd/" + received.intValue()));
            if (!link.equals(END)) {
                return false;
            }
            received.close();
            return true;
        } catch (IOException e) {
            LOG.debug("can't tell what was received", e);
            return false;
        }
    }

    private static void sendEnd(Channel to) throws IOException {
        FileDescriptor end = FileDescriptor.from(END.toFile());
        to.writeAndFlush(end).addListener(sent -> end.close());
    }

    /// Tells the process whose sockets were taken that this one serves now.
    public void serving() throws IOException, InterruptedException {
        Channel told = taking;
        if (told != null) {
            taking = null;
            sendEnd(told);
            told.writeAndFlush(io.netty.buffer.Unpooled.EMPTY_BUFFER).await();
            told.close().await();
        }
    }

    /// Offers sockets to the process that comes next.
    ///
    /// @param sockets
    ///            gives the descriptors of those that listen when they are asked for
    /// @param whenTaken
    ///            runs once the other process serves; not on an event loop of the gateway
    /// @throws IOException
    ///             where nothing can be offered at this path
    public void offer(Supplier<List<FileDescriptor>> sockets, Runnable whenTaken)
            throws IOException, InterruptedException {
        // Made beside its place and moved there: the channel of the process before deletes the file that it made by name.
        Path made = path.resolveSibling(path.getFileName() + "." + System.nanoTime());
        ServerBootstrap bootstrap = new ServerBootstrap().group(group).channel(EpollServerDomainSocketChannel.class)
                .childOption(EpollChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.FILE_DESCRIPTORS)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.pipeline().addLast(new Offer(sockets, whenTaken));
                    }
                });
        var bound = bootstrap.bind(new DomainSocketAddress(made.toFile())).await();
        if (!bound.isSuccess()) {
            throw new IOException("can't offer sockets at " + path + ": " + bound.cause().getMessage(), bound.cause());
        }
        offering = bound.channel();
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
        Files.move(made, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Whether sockets were taken from another process.
    public boolean hasTaken() {
        return tookSome;
    }

    /// Whether the sockets are another process's now.
    public boolean isTaken() {
        return taken;
    }

    /// One process that wants the sockets.
    private final class Offer extends ChannelInboundHandlerAdapter {

        private final Supplier<List<FileDescriptor>> sockets;
        private final Runnable whenTaken;
        private boolean serves;

        Offer(Supplier<List<FileDescriptor>> sockets, Runnable whenTaken) {
            this.sockets = sockets;
            this.whenTaken = whenTaken;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) throws IOException {
            for (FileDescriptor socket : sockets.get()) {
                ctx.write(socket);
            }
            sendEnd(ctx.channel());
            LOG.info("another process takes the listening sockets over");
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
            serves = true;
            ((FileDescriptor) message).close();
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (serves && !taken) {
                taken = true;
                whenTaken.run();
            } else if (!serves) {
                LOG.warn("the other process gave up; this one goes on");
            }
        }
    }

    /// Stops offering. The file stays where it is another process's now.
    @Override
    public void close() {
        if (offering != null) {
            offering.close().syncUninterruptibly();
            if (!taken) {
                path.toFile().delete();
            }
        }
        if (taking != null) {
            taking.close().syncUninterruptibly();
        }
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
