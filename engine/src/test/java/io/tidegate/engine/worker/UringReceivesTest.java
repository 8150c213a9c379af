package io.tidegate.engine.worker;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UringReceivesTest {

    private static final byte RECEIVE = 27;
    private static final byte CANCEL = 14;
    private static final byte SEND = 26;
    private static final byte POLL = 6;
    private static final short MULTISHOT = 2;
    private static final int MORE = 2;
    private static final int NON_EMPTY = 4;
    private static final int CANCELLED = -125;
    private static final int NO_BUFFERS = -105;

    @ParameterizedTest
    @CsvSource({"6.17.0, true", "6.18.44-fc, true", "7.0, true", "10.1.2, true", "6.16.9, false",
        "5.19.0-generic, false",
        "'', false", "unknown, false"})
    void kernelsBefore617GiveAReceiveNoEnd(String version, boolean known) {
        assertThat(UringReceives.areKnownTo(version)).isEqualTo(known);
    }

    @Nested
    class BetweenNettyAndItsHandler {

        private final Kernel kernel = new Kernel();
        private final Connection channel = new Connection();
        private final IoRegistration registration = registered();

        private IoRegistration registered() {
            try {
                return UringReceives.register(kernel, channel);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Test
        void aReceiveThatGoesOnByItselfIsGivenAnEnd() {
            registration.submit(receive((short) 7));

            assertThat(kernel.submitted).singleElement().asString().contains("opcode=27", "ioPrio=2", "fd=5", "len=0",
                    "flags=32", "union4=1", "data=7", "union5=" + UringReceives.MOST);
        }

        @Test
        void whatIsNoSuchReceivePassesAsItIs() {
            IoUringIoOps once = ops(RECEIVE, (short) 0, 0, (short) 1);
            IoUringIoOps send = ops(SEND, MULTISHOT, 0, (short) 2);

            registration.submit(once);
            registration.submit(send);

            assertThat(kernel.submitted).containsExactly(once, send);
            kernel.completes(new IoUringIoEvent(3, 0, RECEIVE, 1L));
            assertThat(channel.seen).containsExactly("27: 3 (0)");
        }

        @Test
        void atItsEndTheNextIsSubmittedAndNettyIsToldOfNone() {
            registration.submit(receive((short) 7));
            kernel.completes(new IoUringIoEvent(100, MORE, RECEIVE, 7L));
            kernel.completes(new IoUringIoEvent(200, NON_EMPTY, RECEIVE, 7L));

            assertThat(channel.seen).containsExactly("27: 100 (2)", "27: 200 (2)");
            assertThat(kernel.submitted).hasSize(2);
            assertThat(kernel.submitted.get(1)).hasToString(kernel.submitted.get(0).toString());
        }

        @Test
        void whereNettyTakesItBackAtItsEndThereIsNoNext() {
            long id = registration.submit(receive((short) 7));
            channel.then = () -> registration.submit(cancel(id));
            kernel.completes(new IoUringIoEvent(200, 0, RECEIVE, 7L));

            assertThat(channel.seen).containsExactly("27: 200 (2)", "27: -125 (0)");
            assertThat(kernel.submitted).extracting(UringReceivesTest::opcode).containsExactly("27", "14");
        }

        @Test
        void whereNettyTookItBackBeforeItsEndThereIsNoNext() {
            long id = registration.submit(receive((short) 7));
            registration.submit(cancel(id));
            kernel.completes(new IoUringIoEvent(100, MORE, RECEIVE, 7L));
            kernel.completes(new IoUringIoEvent(200, 0, RECEIVE, 7L));

            assertThat(channel.seen).containsExactly("27: 100 (2)", "27: 200 (2)", "27: -125 (0)");
            assertThat(kernel.submitted).hasSize(2);
        }

        /// A read that has more to come is over only when that has come; but nothing may come any more.
        @Test
        void whatMayBeTheLastOfAReadSaysThatThereIsNoMore() {
            long id = registration.submit(receive((short) 7));
            kernel.completes(new IoUringIoEvent(100, MORE | NON_EMPTY, RECEIVE, 7L));
            registration.submit(cancel(id));
            kernel.completes(new IoUringIoEvent(200, MORE | NON_EMPTY, RECEIVE, 7L));

            assertThat(channel.seen).containsExactly("27: 100 (6)", "27: 200 (2)");
        }

        @Test
        void afterThePeersLastByteEveryReceiveMayBeTheLastOfARead() {
            registration.submit(receive((short) 7));
            kernel.completes(new IoUringIoEvent(1, 0, POLL, 3L));
            kernel.completes(new IoUringIoEvent(CANCELLED, 0, POLL, 3L));
            kernel.completes(new IoUringIoEvent(100, MORE | NON_EMPTY, RECEIVE, 7L));
            kernel.completes(new IoUringIoEvent(0x2000, 0, POLL, 3L));
            kernel.completes(new IoUringIoEvent(200, MORE | NON_EMPTY, RECEIVE, 7L));

            assertThat(channel.seen).containsExactly("6: 1 (0)", "6: -125 (0)", "27: 100 (6)", "6: 8192 (0)",
                    "27: 200 (2)");
        }

        @Test
        void whatTheKernelTookBackIsToldOnce() {
            long id = registration.submit(receive((short) 7));
            registration.submit(cancel(id));
            kernel.completes(new IoUringIoEvent(CANCELLED, 0, RECEIVE, 7L));
            kernel.completes(new IoUringIoEvent(0, 0, CANCEL, 0L));

            assertThat(channel.seen).containsExactly("27: -125 (0)", "14: 0 (0)");
        }

        @Test
        void anotherOnesCancellingDoesNotConcernIt() {
            long id = registration.submit(receive((short) 7));
            registration.submit(cancel(id + 1));
            kernel.completes(new IoUringIoEvent(200, 0, RECEIVE, 7L));

            assertThat(channel.seen).containsExactly("27: 200 (2)");
            assertThat(kernel.submitted).extracting(UringReceivesTest::opcode).containsExactly("27", "14", "27");
        }

        @Test
        void readingAgainAfterItWasTakenBackBeginsAnew() {
            long id = registration.submit(receive((short) 7));
            registration.submit(cancel(id));
            kernel.completes(new IoUringIoEvent(CANCELLED, 0, RECEIVE, 7L));
            registration.submit(receive((short) 8));
            kernel.completes(new IoUringIoEvent(200, 0, RECEIVE, 8L));

            assertThat(channel.seen).containsExactly("27: -125 (0)", "27: 200 (2)");
            assertThat(kernel.submitted).extracting(UringReceivesTest::opcode).containsExactly("27", "14", "27", "27");
        }

        @Test
        void afterThePeersLastByteAllThatIsLeftIsReceivedWantedOrNot() {
            long id = registration.submit(receive((short) 7));
            kernel.completes(new IoUringIoEvent(0x2000, 0, POLL, 3L));
            assertThat(registration.submit(cancel(id))).isNotZero();
            kernel.completes(new IoUringIoEvent(200, 0, RECEIVE, 7L));
            kernel.completes(new IoUringIoEvent(0, 0, RECEIVE, 7L));

            assertThat(channel.seen).containsExactly("6: 8192 (0)", "27: 200 (2)", "27: 0 (0)");
            assertThat(kernel.submitted).extracting(UringReceivesTest::opcode).containsExactly("27", "27");
        }

        @Test
        void whatWasTakenBackJustBeforeThePeersLastByteGoesOn() {
            long id = registration.submit(receive((short) 7));
            registration.submit(cancel(id));
            kernel.completes(new IoUringIoEvent(0x2000, 0, POLL, 3L));
            kernel.completes(new IoUringIoEvent(CANCELLED, 0, RECEIVE, 7L));
            kernel.completes(new IoUringIoEvent(-104, 0, RECEIVE, 7L));

            assertThat(channel.seen).containsExactly("6: 8192 (0)", "27: -104 (0)");
            assertThat(kernel.submitted).extracting(UringReceivesTest::opcode).containsExactly("27", "14", "27");
        }

        @Test
        void whatIsNotWantedIsNotReceivedForWantOfBuffersEither() {
            long id = registration.submit(receive((short) 7));
            registration.submit(cancel(id));
            kernel.completes(new IoUringIoEvent(NO_BUFFERS, 0, RECEIVE, 7L));

            assertThat(channel.seen).containsExactly("27: -125 (0)");
        }

        /// While the kernel is about to try a receive, it is in no list in which it looks for what it has to take back.
        @Test
        void whatTheKernelDidNotFindIsTakenBackAgain() {
            long id = registration.submit(receive((short) 7));
            registration.submit(cancel(id));
            kernel.completes(new IoUringIoEvent(-2, 0, CANCEL, 27L));
            kernel.completes(new IoUringIoEvent(100, MORE, RECEIVE, 7L));
            kernel.completes(new IoUringIoEvent(CANCELLED, 0, RECEIVE, 7L));
            kernel.completes(new IoUringIoEvent(-2, 0, CANCEL, 27L));

            assertThat(channel.seen).containsExactly("14: -2 (0)", "27: 100 (2)", "27: -125 (0)", "14: -2 (0)");
            assertThat(kernel.submitted).extracting(UringReceivesTest::opcode).containsExactly("27", "14", "14");
            assertThat(kernel.submitted.get(2)).hasToString(cancel(id).toString());
        }

        @Test
        void aFailureAtItsEndStrandsNobody() {
            registration.submit(receive((short) 7));
            channel.then = () -> {
                throw new IllegalStateException("on purpose");
            };
            kernel.failing = true;
            assertThatThrownBy(() -> kernel.completes(new IoUringIoEvent(200, 0, RECEIVE, 7L)))
                    .hasMessage("the queue is full, on purpose");

            assertThat(channel.seen).containsExactly("27: 200 (2)", "27: -125 (0)");
        }

        @ParameterizedTest
        @ValueSource(ints = {0, -104, NO_BUFFERS})
        void endsAndFailuresAreNettysToHandle(int result) {
            registration.submit(receive((short) 7));
            kernel.completes(new IoUringIoEvent(result, 0, RECEIVE, 7L));

            assertThat(channel.seen).containsExactly("27: " + result + " (0)");
            assertThat(kernel.submitted).hasSize(1);
        }

        @Test
        void whatIsNoLongerRegisteredIsToldThatItsReceiveIsOver() {
            registration.submit(receive((short) 7));
            channel.then = registration::cancel;
            kernel.completes(new IoUringIoEvent(200, 0, RECEIVE, 7L));

            assertThat(channel.seen).containsExactly("27: 200 (2)", "27: -125 (0)");
        }

        private static IoUringIoOps receive(short data) {
            return ops(RECEIVE, MULTISHOT, 0, data);
        }

        private static IoUringIoOps cancel(long id) {
            return new IoUringIoOps(CANCEL, (byte) 0, (short) 0, -1, 0, id, 0, 0, (long) RECEIVE, (short) 0, (short) 0,
                    0, 0);
        }

        private static IoUringIoOps ops(byte opcode, short priority, long address, short data) {
            return new IoUringIoOps(opcode, (byte) 32, priority, 5, 0, address, 0, 0, (long) data, (short) 1, (short) 0,
                    0, 0);
        }
    }

    /// Real sockets: what is received, and how much still comes after reading was switched off.
    @Nested
    class OverLoopback {

        private static final int BYTES = 8 << 20;
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
            try (Sending sending = new Sending(receiver)) {
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
            try (Sending sending = new Sending(receiver)) {
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
            try (Sending sending = new Sending(receiver)) {
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
            try (Sending sending = new Sending(receiver)) {
                assertThat(receiver.whole.get()).isGreaterThanOrEqualTo(after);
                receiver.channel().closeFuture().sync();
            }
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

        Sending(Receiver receiver) throws IOException, InterruptedException {
            ServerBootstrap bootstrap = new ServerBootstrap().group(workers.group())
                    .channel(Transport.IO_URING.server(false)).childHandler(receiver);
            Transport.IO_URING.receiving(bootstrap, 10_000);
            Channel server = bootstrap.bind(InetAddress.getLoopbackAddress(), 0).sync().channel();
            socket = new Socket(InetAddress.getLoopbackAddress(),
                    ((InetSocketAddress) server.localAddress()).getPort());
            sender = Thread.ofPlatform().start(this::send);
        }

        private void send() {
            byte[] bytes = new byte[OverLoopback.BYTES];
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

    /// What Netty's handler is to the one under test.
    private static final class Kernel implements IoHandler, IoRegistration {
        final List<IoOps> submitted = new ArrayList<>();
        private @Nullable IoHandle handle;
        private boolean valid = true;
        boolean failing;

        void completes(IoUringIoEvent event) {
            requireNonNull(handle).handle(this, event);
        }

        @Override
        public IoRegistration register(IoHandle registered) {
            handle = registered;
            return this;
        }

        @Override
        public long submit(IoOps ops) {
            if (failing) {
                throw new IllegalStateException("the queue is full, on purpose");
            }
            if (!valid) {
                return 0;
            }
            submitted.add(ops);
            return 1000 + Long.parseLong(ops.toString().replaceAll(".* data=(\\d+).*", "$1"));
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // as Netty declares it
        public <T> T attachment() {
            throw new AssertionError("not asked for");
        }

        @Override
        public boolean isValid() {
            return valid;
        }

        @Override
        public boolean cancel() {
            valid = false;
            return true;
        }

        @Override
        public int run(IoHandlerContext context) {
            throw new AssertionError("not to be run");
        }

        @Override
        public void wakeup() {
            throw new AssertionError("not to be woken");
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return true;
        }
    }

    /// What Netty's channel is to the one under test: what it is told, and does then.
    private static final class Connection implements IoUringIoHandle {
        final List<String> seen = new ArrayList<>();
        Runnable then = () -> {};

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            IoUringIoEvent completion = (IoUringIoEvent) event;
            seen.add(completion.opcode() + ": " + completion.res() + " (" + completion.flags() + ")");
            Runnable now = then;
            then = () -> {};
            now.run();
        }

        @Override
        public void close() {
            throw new AssertionError("not to be closed");
        }
    }

    private static String opcode(IoOps ops) {
        return ops.toString().replaceAll(".*opcode=(\\d+).*", "$1");
    }
}
