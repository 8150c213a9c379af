package io.tidegate.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Real sockets: what is received, and how much still comes after reading was switched off.
class UringReceivesLoopbackTest {

    private static final int BYTES = 8 << 20;
    /// More than a receive brings, and so few that the receiving socket holds all of it, and its end.
    private static final int FEW_BYTES = UringReceives.MOST + 8192;
    /// The limit, the rest of its last buffer, and a buffer that was under way.
    private static final int MOST_AFTER = UringReceives.MOST + 2 * (16384 + 512);

    @BeforeEach
    void needsThem() {
        assumeTrue(Transport.IO_URING.isAvailable() && UringReceives.areAvailable(), "io_uring of Linux 6.17");
    }

    @Test
    void littleComesAfterReadingWasSwitchedOff() throws Exception {
        Receiver receiver = new Receiver() {
            @Override
            void received(Channel channel) {
                if (!stopped) {
                    stopped = true;
                    channel.config().setAutoRead(false);
                }
            }
        };
        try (Sending sending = new Sending(receiver, BYTES)) {
            receiver.first.await();
            // The sender is stuck before: the buffers of both sockets hold less than it has to send.
            Thread.sleep(500);
            long stoppedAt = sending.inLoop(() -> receiver.count);
            assertThat(stoppedAt).isPositive().isLessThanOrEqualTo(MOST_AFTER);
            Thread.sleep(200);
            assertThat(sending.inLoop(() -> receiver.count)).isEqualTo(stoppedAt);

            sending.inLoop(() -> receiver.channel().config().setAutoRead(true));
            assertThat(receiver.whole.get()).isEqualTo(BYTES);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void nothingIsLostWhereReadingStopsAndGoesOnAtRandom(long seed) throws Exception {
        Random random = new Random(seed);
        Receiver receiver = new Receiver() {
            @Override
            void received(Channel channel) {
                if (random.nextInt(3) == 0 && channel.config().isAutoRead()) {
                    channel.config().setAutoRead(false);
                    Runnable goOn = () -> channel.config().setAutoRead(true);
                    switch (random.nextInt(3)) {
                        case 0 -> goOn.run();
                        case 1 -> channel.eventLoop().execute(goOn);
                        default -> channel.eventLoop().schedule(goOn, random.nextInt(3), TimeUnit.MILLISECONDS);
                    }
                }
            }
        };
        try (Sending sending = new Sending(receiver, BYTES)) {
            assertThat(receiver.whole.get()).isEqualTo(BYTES);
        }
    }

    /// As a relay does it: what has come goes out when a read is over, and reading goes on when it has gone out.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whoGoesOnOnlyWhereAReadIsOverGoesOn(long seed) throws Exception {
        Random random = new Random(seed);
        Receiver receiver = new Receiver() {
            @Override
            void received(Channel channel) {
                if (random.nextInt(3) == 0) {
                    channel.config().setAutoRead(false);
                }
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext context) {
                if (!context.channel().config().isAutoRead()) {
                    context.channel().eventLoop().execute(() -> context.channel().config().setAutoRead(true));
                }
            }
        };
        try (Sending sending = new Sending(receiver, BYTES)) {
            assertThat(receiver.whole.get()).isEqualTo(BYTES);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16384, UringReceives.MOST, UringReceives.MOST + 1, 3 * UringReceives.MOST})
    void aConnectionCanBeClosedWhereverItsReceiveStands(int after) throws Exception {
        Receiver receiver = new Receiver() {
            @Override
            void received(Channel channel) {
                if (count >= after) {
                    channel.close();
                }
            }
        };
        try (Sending sending = new Sending(receiver, BYTES)) {
            assertThat(receiver.whole.get()).isGreaterThanOrEqualTo(after);
            receiver.channel().closeFuture().sync();
        }
    }

    /// Only behind all that it has sent stands whether it is gone.
    @Test
    void aPeerThatLeavesWhileNothingIsReadIsNoticed() throws Exception {
        Receiver receiver = new Receiver() {
            @Override
            void received(Channel channel) {
                channel.config().setAutoRead(false);
            }
        };
        try (Sending sending = new Sending(receiver, FEW_BYTES)) {
            assertThat(receiver.whole.get()).isEqualTo(FEW_BYTES);
        }
    }

    /// Whatever is sent to it has to be byte number n modulo 251.
    private abstract static class Receiver extends ChannelInboundHandlerAdapter {
        final CountDownLatch first = new CountDownLatch(1);
        final CompletableFuture<Long> whole = new CompletableFuture<>();
        private final CompletableFuture<Channel> channel = new CompletableFuture<>();
        boolean stopped;
        long count;

        abstract void received(Channel channel);

        Channel channel() {
            return channel.join();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            channel.complete(context.channel());
            ByteBuf bytes = (ByteBuf) message;
            byte[] received = ByteBufUtil.getBytes(bytes);
            for (int i = 0; i < received.length; i++) {
                if (received[i] != (byte) ((count + i) % 251)) {
                    whole.completeExceptionally(new AssertionError("byte " + (count + i) + " is another one"));
                }
            }
            bytes.release();
            count += received.length;
            received(context.channel());
            first.countDown();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            whole.complete(count);
        }
    }

    /// A server over io_uring, and a client that sends it everything and then closes its side.
    private static final class Sending implements AutoCloseable {
        private final Workers workers = new Workers(1, Transport.IO_URING);
        private final Socket socket;
        private final Thread sender;

        Sending(Receiver receiver, int count) throws IOException, InterruptedException {
            ServerBootstrap bootstrap = new ServerBootstrap().group(workers.group())
                    .channel(Transport.IO_URING.server(false)).childHandler(receiver);
            Transport.IO_URING.receiving(bootstrap, 10_000);
            Channel server = bootstrap.bind(InetAddress.getLoopbackAddress(), 0).sync().channel();
            socket = new Socket(InetAddress.getLoopbackAddress(),
                    ((InetSocketAddress) server.localAddress()).getPort());
            sender = Thread.ofPlatform().start(() -> send(count));
        }

        private void send(int count) {
            byte[] bytes = new byte[count];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (i % 251);
            }
            try {
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
            } catch (IOException _) {
                // The other side has closed: what it got is looked at there.
            }
        }

        <T> T inLoop(Callable<T> task) throws Exception {
            return workers.all().get(0).loop().submit(task).get();
        }

        @Override
        public void close() throws IOException {
            socket.close();
            sender.interrupt();
            workers.close();
        }
    }
}
