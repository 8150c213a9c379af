package io.tidegate.engine.worker;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
