package io.tidegate.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A load generator for HTTP/3: as many requests at a time as it is told to, over a few connections, on one event loop.
///
/// Each line that it reads is a measurement: the port on 127.0.0.1, a path, connections, requests at a time on each, and
/// seconds. It answers with one line of JSON: requests, failures, and latencies in microseconds. One process serves
/// many measurements, so that its own warm-up is in the first of them alone.
public final class Http3Load {

    private static final long GUARD_SECONDS = 10;
    private static final int NO_ERROR = 0x100;
    private static final int MOST_LATENCIES = 1 << 22;

    private final EventLoop loop;
    private final QuicSslContext tls = QuicSslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .applicationProtocols(Http3.supportedApplicationProtocols()).build();
    private final int[] latencies = new int[MOST_LATENCIES];

    private Http3Load(EventLoop loop) {
        this.loop = loop;
    }

    /// Measures for each line of the standard input.
    public static void main(String[] args) throws IOException, InterruptedException {
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Http3Load load = new Http3Load(group.next());
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(load.measure(line.split(" ")));
        }
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    }

    private String measure(String[] words) throws InterruptedException {
        Run run = new Run(Integer.parseInt(words[0]), words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]));
        long begin = System.nanoTime();
        run.last(Double.parseDouble(words[4]));
        double seconds = (System.nanoTime() - begin) / 1e9;
        return run.report(seconds);
    }

    /// One measurement. Everything but its beginning and its end happens on the event loop.
    private final class Run {

        private final InetSocketAddress target;
        private final Http3Headers head;
        private final int streams;
        private final List<Channel> sockets = new ArrayList<>();
        private final List<QuicChannel> connections = new ArrayList<>();
        private final CountDownLatch finished = new CountDownLatch(1);
        private final int wanted;
        private boolean running = true;
        private int open;
        private int completed;
        private int refused;
        private int broken;
        private int malformed;
        private int unfinished;
        private boolean over;

        Run(int port, String path, int connections, int streams) {
            this.target = new InetSocketAddress("127.0.0.1", port);
            this.wanted = connections;
            this.streams = streams;
            this.head = new DefaultHttp3Headers().method("GET").scheme("https").authority("127.0.0.1:" + port)
                    .path(path)
                    .add("user-agent", "wrk/4 (bench)").add("accept", "application/json, text/plain;q=0.9")
                    .add("accept-encoding", "gzip, br").add("cookie", "session=0123456789abcdef0123456789abcdef");
        }

        /// Runs for so long, and until every request has come to its end, or for the time after which none does.
        void last(double seconds) throws InterruptedException {
            for (int i = 0; i < wanted; i++) {
                connect();
            }
            loop.submit(() -> connections.forEach(connection -> {
                for (int i = 0; i < streams; i++) {
                    ask(connection);
                }
            })).sync();
            Thread.sleep((long) (seconds * 1000));
            loop.submit(() -> {
                running = false;
                look();
            }).sync();
            if (!finished.await(GUARD_SECONDS, TimeUnit.SECONDS)) {
                loop.submit(() -> {
                    unfinished = open;
                    over = true;
                }).sync();
            }
            loop.submit(
                    () -> connections.forEach(connection -> connection.close(true, NO_ERROR, Unpooled.EMPTY_BUFFER)))
                    .sync();
            for (Channel socket : sockets) {
                socket.close().sync();
            }
        }

        private void connect() throws InterruptedException {
            Channel socket = new Bootstrap().group(loop).channel(EpollDatagramChannel.class)
                    .option(ChannelOption.SO_RCVBUF, 1 << 20)
                    .handler(Http3.newQuicClientCodecBuilder()
                            .sslEngineProvider(channel -> tls.newEngine(channel.alloc(), "127.0.0.1", target.getPort()))
                            .maxIdleTimeout(GUARD_SECONDS, TimeUnit.SECONDS).initialMaxData(1 << 24)
                            .initialMaxStreamDataBidirectionalLocal(1 << 20).build())
                    .bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
            sockets.add(socket);
            try {
                connections.add(QuicChannel.newBootstrap(socket).handler(new Http3ClientConnectionHandler())
                        .streamHandler(new ChannelInboundHandlerAdapter()).remoteAddress(target).connect()
                        .get(GUARD_SECONDS, TimeUnit.SECONDS));
            } catch (ExecutionException | TimeoutException e) {
                System.err.println("http3: no connection: " + e);
                refused++;
            }
        }

        /// Sends the next request on a connection.
        private void ask(QuicChannel connection) {
            if (!running) {
                return;
            }
            open++;
            Http3.newRequestStream(connection, new Response(this, connection))
                    .addListener((Future<QuicStreamChannel> made) -> {
                        if (!made.isSuccess()) {
                            tell(made.cause());
                            ended(connection, Outcome.BROKEN, 0);
                            return;
                        }
                        made.getNow().pipeline().addFirst(new WithEnd());
                        made.getNow().writeAndFlush(new DefaultHttp3HeadersFrame(head));
                    });
        }

        /// Counts what a request came to, and sends the next.
        void ended(QuicChannel connection, Outcome outcome, long nanos) {
            if (over) {
                return;
            }
            open--;
            switch (outcome) {
                case ANSWERED -> {
                    if (completed < MOST_LATENCIES) {
                        latencies[completed] = (int) Math.min(Integer.MAX_VALUE, nanos / 100);
                    }
                    completed++;
                }
                case BROKEN -> broken++;
                case MALFORMED -> malformed++;
            }
            if (outcome == Outcome.ANSWERED) {
                ask(connection);
            } else if (running && connection.isActive()) {
                loop.schedule(() -> ask(connection), 1, TimeUnit.MILLISECONDS);
            }
            look();
        }

        private void look() {
            if (!running && open == 0) {
                finished.countDown();
            }
        }

        String report(double seconds) {
            int count = Math.min(completed, MOST_LATENCIES);
            Arrays.sort(latencies, 0, count);
            double total = 0;
            for (int i = 0; i < count; i++) {
                total += latencies[i] / 10.0;
            }
            return String.format(Locale.ROOT, """
                    {"seconds": %.3f, "completed": %d, "broken": %d, "refused": %d, "malformed": %d, "unfinished": %d, \
                    "mean": %.1f, "p50": %.1f, "p90": %.1f, "p99": %.1f, "p999": %.1f, "max": %.1f}""", seconds,
                    completed, broken,
                    refused, malformed, unfinished, total / Math.max(1, count), quantile(count, 0.5),
                    quantile(count, 0.9), quantile(count, 0.99), quantile(count, 0.999), quantile(count, 1));
        }

        private double quantile(int count, double q) {
            return count == 0 ? 0 : latencies[Math.min(count - 1, (int) (q * count))] / 10.0;
        }
    }

    private static void tell(@Nullable Throwable cause) {
        System.err.println("http3: " + cause);
    }

    /// Ends a stream with the bytes of its head, in one frame, as most clients do.
    private static final class WithEnd extends ChannelOutboundHandlerAdapter {

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ctx.write(new DefaultQuicStreamFrame((ByteBuf) message, true), promise);
        }
    }

    /// What a request came to.
    private enum Outcome {
        ANSWERED, BROKEN, MALFORMED
    }

    /// Reads one response.
    private static final class Response extends Http3RequestStreamInboundHandler {

        private final Run run;
        private final QuicChannel connection;
        private final long since = System.nanoTime();
        private boolean good;
        private long body = -1;
        private boolean over;

        Response(Run run, QuicChannel connection) {
            this.run = run;
            this.connection = connection;
        }

        @Override
        protected void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame frame) {
            CharSequence status = frame.headers().status();
            CharSequence length = frame.headers().get("content-length");
            good = status != null && "200".contentEquals(status) && length != null;
            body = length == null ? -1 : Long.parseLong(length.toString());
        }

        @Override
        protected void channelRead(ChannelHandlerContext ctx, Http3DataFrame frame) {
            body -= frame.content().readableBytes();
            ReferenceCountUtil.release(frame);
        }

        @Override
        protected void channelInputClosed(ChannelHandlerContext ctx) {
            end(good && body == 0 ? Outcome.ANSWERED : Outcome.MALFORMED);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            tell(cause);
            end(Outcome.BROKEN);
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) throws Exception {
            end(Outcome.BROKEN);
            super.channelInactive(ctx);
        }

        private void end(Outcome outcome) {
            if (!over) {
                over = true;
                run.ended(connection, outcome, System.nanoTime() - since);
            }
        }
    }
}
