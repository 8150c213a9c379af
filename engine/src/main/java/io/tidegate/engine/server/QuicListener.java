package io.tidegate.engine.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicCodecDispatcher;
import io.netty.handler.codec.quic.QuicConnectionIdGenerator;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.tidegate.engine.exchange.ListenerSnapshot;
import io.tidegate.engine.observe.WorkerCells;
import io.tidegate.engine.tls.QuicNames;
import io.tidegate.engine.tls.TlsConnection;
import io.tidegate.engine.upstream.ClientConnection;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The UDP sockets on which a [Listener] speaks HTTP/3: one for each event loop, all bound to the same address. The
/// kernel gives the packets of one client address to one of them. Which loop a connection is on stands in the connection
/// IDs that are given to the client, so that packets find it when the client's address changes.
final class QuicListener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(QuicListener.class);

    /// Requests at once, on one connection.
    static final long MAX_STREAMS = 100;
    /// Control, two of QPACK, and a few that nobody knows.
    private static final long MAX_OTHER_STREAMS = 8;
    private static final long STREAM_WINDOW = 65_535;
    private static final long OTHER_STREAM_WINDOW = 16 * 1024;
    private static final long CONNECTION_WINDOW = 1 << 20;
    /// Addresses of one client that the library knows at once, and does not forget while the connection lasts; at its
    /// own 2 a client would be lost with the second change of its address.
    private static final long ADDRESSES = 8;
    private static final long IDLE_SECONDS = 60;
    private static final int RECEIVED_PAYLOAD = 1500;
    private static final int SENT_PAYLOAD = 1350;
    private static final int SOCKET_BUFFER = 2 << 20;
    private static final int SMALLEST_READ = 512;
    private static final int FIRST_READ = 2048;
    private static final int LARGEST_READ = 16 * 1024;
    private static final int KEY_BYTES = 32;

    /// Handshakes of one loop that may be open before further clients have to prove their address.
    static final int TRUSTING_HANDSHAKES = 32;

    private final Listener listener;
    private final QuicNames names;
    private final byte[] tokenKey = new byte[KEY_BYTES];
    private final List<Channel> channels = new ArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean taking;
    private volatile boolean closesWhenEmpty;

    /// Binds the sockets. Nobody is served before [#open].
    ///
    /// @throws RuntimeException
    ///             where they can't be bound
    QuicListener(Listener listener, Workers workers, InetSocketAddress address) {
        this.listener = listener;
        this.names = new QuicNames(() -> {
            ListenerSnapshot current = listener.current();
            return current == null ? null : current.tls();
        }, address.getAddress().getHostAddress());
        new SecureRandom().nextBytes(tokenKey);
        Dispatcher dispatcher = new Dispatcher(workers);
        try {
            for (Worker worker : workers.all()) {
                Bootstrap bootstrap = new Bootstrap().group(worker.loop()).channel(workers.transport().datagrams())
                        .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER)
                        .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER)
                        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVED_PAYLOAD))
                        .handler(new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline().addLast(dispatcher);
                                channel.pipeline().addLast(new Quiet());
                            }
                        });
                workers.transport().sharing(bootstrap);
                channels.add(bootstrap.bind(address).syncUninterruptibly().channel());
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Begins to take connections.
    void open() {
        taking = true;
    }

    /// Takes no more connections; the sockets are closed with the last of those that there are.
    void drain() {
        taking = false;
        closesWhenEmpty = true;
        closeIfEmpty();
    }

    private void closeIfEmpty() {
        if (closesWhenEmpty && connections.get() == 0) {
            channels.forEach(Channel::close);
        }
    }

    /// Closes the sockets, whatever runs.
    @Override
    public void close() {
        channels.forEach(channel -> channel.close().syncUninterruptibly());
    }

    private ChannelHandler codec(Socket socket, int idLength, QuicConnectionIdGenerator ids) {
        return new QuicServerCodecBuilder()
                .sslEngineProvider(channel -> names.ssl().newEngine(channel.alloc()))
                .tokenHandler(new AddressTokens(tokenKey, socket::isBusy, System::currentTimeMillis))
                .localConnectionIdLength(idLength)
                .connectionIdAddressGenerator(ids)
                .maxIdleTimeout(IDLE_SECONDS, TimeUnit.SECONDS)
                .maxRecvUdpPayloadSize(RECEIVED_PAYLOAD)
                .maxSendUdpPayloadSize(SENT_PAYLOAD)
                .initialMaxData(CONNECTION_WINDOW)
                .initialMaxStreamDataBidirectionalRemote(STREAM_WINDOW)
                .initialMaxStreamDataUnidirectional(OTHER_STREAM_WINDOW)
                .initialMaxStreamsBidirectional(MAX_STREAMS)
                .initialMaxStreamsUnidirectional(MAX_OTHER_STREAMS)
                .activeMigration(true)
                .activeConnectionIdLimit(ADDRESSES)
                .streamOption(ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(SMALLEST_READ, FIRST_READ, LARGEST_READ))
                .handler(new ChannelInitializer<QuicChannel>() {
                    @Override
                    protected void initChannel(QuicChannel channel) {
                        channel.pipeline().addLast(new Http3Opening(socket));
                    }
                }).build();
    }

    /// The part of one event loop.
    final class Socket {

        private final Worker worker;
        private final StreamPool<Http3ServerStream> pool;
        private int handshakes;

        private Socket(Worker worker) {
            this.worker = worker;
            this.pool = StreamPool.of(worker, () -> new Http3ServerStream(worker));
        }

        Worker worker() {
            return worker;
        }

        QuicNames names() {
            return names;
        }

        /// What is served; null where connections are not taken.
        @Nullable
        ListenerSnapshot taking() {
            ListenerSnapshot current = taking ? listener.current() : null;
            return current != null && current.config().speaksHttp3() ? current : null;
        }

        /// Lets a connection in, or says no by null.
        @Nullable
        WorkerCells admit(QuicChannel channel, ListenerSnapshot current) {
            WorkerCells cells = listener.gate().admit(channel, channel.remoteSocketAddress(), current, worker);
            if (cells != null) {
                connections.incrementAndGet();
                channel.closeFuture().addListener(closed -> {
                    connections.decrementAndGet();
                    closeIfEmpty();
                });
            }
            return cells;
        }

        /// Serves a connection whose handshake is over.
        void serve(QuicChannel channel, ClientConnection client, ListenerSnapshot current, TlsConnection secured) {
            channel.closeFuture().addListener(closed -> client.end());
            Http3ServerHandler handler = Http3ServerHandler
                    .serve(new ConnectionTerms(listener, current, worker, client, secured, "3"), channel, pool);
            listener.keep(handler, channel);
        }

        void handshakeBegins() {
            handshakes++;
        }

        void handshakeEnds() {
            handshakes--;
        }

        private boolean isBusy() {
            return handshakes >= TRUSTING_HANDSHAKES;
        }
    }

    /// Gives each packet to the loop that its connection is on.
    private final class Dispatcher extends QuicCodecDispatcher {

        private final Workers workers;

        Dispatcher(Workers workers) {
            this.workers = workers;
        }

        @Override
        protected void initChannel(Channel channel, int idLength, QuicConnectionIdGenerator ids) {
            channel.pipeline().addLast(codec(new Socket(workers.of(channel.eventLoop())), idLength, ids));
        }
    }

    /// Takes what nobody can do anything about.
    private static final class Quiet extends ChannelInboundHandlerAdapter {

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            LOG.debug("a datagram could not be read or sent: {}", cause.toString());
        }
    }
}
