package io.tidegate.testkit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3GoAwayFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// A client of HTTP/3 (RFC 9114) that sends exactly the frames it is told to, rightly formed or not. Fields go out as
/// literals, so that nothing changes them on the way; what comes is read by Netty's codec.
public final class Http3Client implements AutoCloseable {

    /// Types of frames.
    public static final int DATA = 0;
    /// A head, or the fields behind a body.
    public static final int HEADERS = 1;

    private static final long WINDOW = 65_535;
    private static final long CONNECTION_WINDOW = 1 << 20;
    private static final long GUARD_SECONDS = 30;

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Map<Integer, Http3ClientStream> streams = new HashMap<>();
    private final Events events = new Events();
    private final Channel socket;
    private final QuicChannel connection;
    private final String host;
    private int next;

    /// Who the client is, and whom it trusts.
    ///
    /// @param trust
    ///            whose certificates of servers are accepted
    /// @param keys
    ///            what is shown to servers that ask; null for nothing
    public record Identity(TrustManagerFactory trust, @Nullable KeyManagerFactory keys) {

        QuicSslContext context() {
            QuicSslContextBuilder builder = QuicSslContextBuilder.forClient().trustManager(trust)
                    .applicationProtocols(Http3.supportedApplicationProtocols());
            return (keys == null ? builder : builder.keyManager(keys, null)).build();
        }
    }

    private Http3Client(SocketAddress address, QuicSslContext context, String name) {
        this.host = name;
        this.socket = new Bootstrap().group(loop).channel(NioDatagramChannel.class)
                .option(ChannelOption.SO_RCVBUF, 1 << 20)
                .handler(Http3.newQuicClientCodecBuilder()
                        .sslEngineProvider(channel -> context.newEngine(channel.alloc(), name,
                                ((InetSocketAddress) address).getPort()))
                        .maxIdleTimeout(GUARD_SECONDS, TimeUnit.SECONDS)
                        .initialMaxData(CONNECTION_WINDOW)
                        .initialMaxStreamDataBidirectionalLocal(WINDOW).build())
                .bind(new InetSocketAddress(((InetSocketAddress) address).getAddress(), 0)).syncUninterruptibly()
                .channel();
        try {
            connection = QuicChannel.newBootstrap(socket)
                    .handler(new Http3ClientConnectionHandler(events, null, null, null, true))
                    .streamHandler(new ChannelInboundHandlerAdapter())
                    .remoteAddress(address).connect().get(GUARD_SECONDS, TimeUnit.SECONDS);
            connection.pipeline().addLast(events);
        } catch (Exception e) {
            stop();
            throw new UncheckedIOException(new IOException("no connection: " + e, e));
        }
    }

    private void stop() {
        socket.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /// Connects, and asks for this name.
    ///
    /// @throws UncheckedIOException
    ///             where no connection comes to be
    public static Http3Client connect(SocketAddress address, Identity identity, String name) {
        return new Http3Client(address, identity.context(), name);
    }

    /// Hears of what concerns the connection.
    private static final class Events extends ChannelInboundHandlerAdapter {

        private long goneAway = -1;
        private long error = -1;
        private boolean ended;

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            synchronized (this) {
                if (message instanceof Http3GoAwayFrame frame) {
                    goneAway = frame.id();
                    notifyAll();
                }
            }
            if (message instanceof Channel) {
                ctx.fireChannelRead(message);
            } else {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof QuicConnectionCloseEvent close) {
                synchronized (this) {
                    error = close.error();
                    notifyAll();
                }
            }
            ctx.fireUserEventTriggered(event);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (ctx.channel() instanceof QuicChannel) {
                synchronized (this) {
                    ended = true;
                    notifyAll();
                }
            }
            ctx.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // What the server does wrong is seen by what it sends.
        }
    }

    // Requests.

    /// Whether the server allows one more stream for a request at the moment.
    public boolean mayOpen() {
        return connection.peerAllowedStreams(QuicStreamType.BIDIRECTIONAL) > 0;
    }

    /// Opens a stream for a request.
    ///
    /// @throws UncheckedIOException
    ///             where the server allows no more, or the connection has ended
    public int open() {
        int id = next++;
        streams.put(id, Http3ClientStream.open(connection));
        return id;
    }

    private Http3ClientStream stream(int id) {
        Http3ClientStream stream = streams.get(id);
        if (stream == null) {
            throw new IllegalArgumentException("no stream " + id);
        }
        return stream;
    }

    /// Sends bytes on a stream, as they are, and its end with them or not.
    public Http3Client send(int stream, byte[] bytes, boolean end) {
        stream(stream).send(Unpooled.wrappedBuffer(bytes), end);
        return this;
    }

    /// The bytes of a frame.
    public static byte[] bytesOf(long type, byte[] payload) {
        return Http3ClientStream.frame(type, payload);
    }

    /// The bytes of a head: names and values in turn, as literals.
    public static byte[] blockOf(String... fields) {
        return Http3ClientStream.block(fields);
    }

    /// Sends a frame.
    public Http3Client frame(int stream, long type, byte[] payload, boolean end) {
        return send(stream, bytesOf(type, payload), end);
    }

    /// Sends a head in one frame: names and values in turn.
    public Http3Client headers(int stream, boolean end, String... fields) {
        return frame(stream, HEADERS, Http3ClientStream.block(fields), end);
    }

    /// Sends the head of a request.
    ///
    /// @return its stream
    public int request(String method, String path, boolean end, String... fields) {
        int id = open();
        String[] all = new String[8 + fields.length];
        System.arraycopy(new String[]{":method", method, ":scheme", "https", ":authority", host, ":path", path}, 0, all,
                0, 8);
        System.arraycopy(fields, 0, all, 8, fields.length);
        headers(id, end, all);
        return id;
    }

    /// Sends a part of a body.
    public Http3Client data(int stream, String text, boolean end) {
        return frame(stream, DATA, text.getBytes(StandardCharsets.ISO_8859_1), end);
    }

    /// Sends a whole body, as the server's windows let it, and the end of the stream.
    public Http3Client upload(int stream, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < bytes.length; at += 16_384) {
            byte[] part = java.util.Arrays.copyOfRange(bytes, at, Math.min(at + 16_384, bytes.length));
            if (!stream(stream).sendNow(Unpooled.wrappedBuffer(bytesOf(DATA, part)))) {
                return this;
            }
        }
        return send(stream, new byte[0], true);
    }

    /// Bytes of a stream that were let out by the server's windows.
    public long sentBytes(int stream) {
        return stream(stream).sent();
    }

    /// Resets a stream: nothing more is sent on it, and nothing more wanted.
    public Http3Client reset(int stream, int error) {
        stream(stream).reset(error);
        return this;
    }

    /// Wants nothing more of a stream.
    public Http3Client stop(int stream, int error) {
        stream(stream).stop(error);
        return this;
    }

    /// Reads nothing of a stream from here on, or reads on.
    public Http3Client reads(int stream, boolean on) {
        stream(stream).reads(on);
        return this;
    }

    /// Sends a GET and reads its response.
    public Http2Response get(String path, String... fields) {
        return response(request("GET", path, true, fields));
    }

    /// Waits until this stream is over, or the connection.
    public Http2Response response(int stream) {
        return stream(stream).awaitEnd();
    }

    /// Waits until this stream has a head, or is over.
    public Http2Response head(int stream) {
        return stream(stream).awaitHead();
    }

    /// What has come on this stream.
    public Http2Response state(int stream) {
        return stream(stream).state();
    }

    // The connection.

    /// Opens a stream in one direction and sends these bytes on it.
    public Http3Client unidirectional(byte[] bytes) {
        connection.createStream(QuicStreamType.UNIDIRECTIONAL,
                new ChannelInboundHandlerAdapter()).syncUninterruptibly().getNow()
                .writeAndFlush(Unpooled.wrappedBuffer(bytes));
        return this;
    }

    /// Waits until the server says that it goes, or the connection ends.
    ///
    /// @return the first stream that is not served any more, as it said last; -1 where it said nothing
    public long goAway() {
        synchronized (events) {
            Http3ClientStream.await(events, () -> events.goneAway >= 0 || events.ended, "the server to go away");
            return events.goneAway;
        }
    }

    /// What the server said last of its going; -1 for nothing.
    public long lastGoAway() {
        synchronized (events) {
            return events.goneAway;
        }
    }

    /// Whether the connection has ended.
    public boolean isEnded() {
        synchronized (events) {
            return events.ended;
        }
    }

    /// Waits until the connection ends.
    ///
    /// @return its error code, -1 where there was none
    public long awaitEnd() {
        synchronized (events) {
            Http3ClientStream.await(events, () -> events.ended, "the connection to end");
            return events.error;
        }
    }

    @Override
    public void close() {
        connection.close().awaitUninterruptibly();
        stop();
    }
}
