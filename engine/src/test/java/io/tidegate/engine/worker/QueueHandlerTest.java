package io.tidegate.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.tidegate.engine.worker.RequestQueue.Place;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueHandlerTest {

    private final RequestQueue queue = new RequestQueue(System.nanoTime());
    private final List<String> calls = new ArrayList<>();
    private final Loop loop = new Loop();
    private final Sockets sockets = new Sockets();
    private final QueueHandler handler = new QueueHandler(sockets, queue);

    private void waits(String name) {
        queue.add(new Place(() -> calls.add(name)));
    }

    private void fill() {
        for (int i = 0; i < RequestQueue.LEAST; i++) {
            queue.begun(Long.MAX_VALUE / 2);
        }
    }

    @Test
    void aLoopThatNobodyWaitsForWaitsForItsSockets() {
        sockets.did = 3;

        assertThat(handler.run(loop)).isEqualTo(3);
        assertThat(calls).containsExactly("waits for ever");
    }

    @Test
    void whatCameGoesBeforeThoseWhoWait() {
        waits("one");
        waits("two");

        assertThat(handler.run(loop)).isZero();
        assertThat(calls).containsExactly("looks", "one", "two");
    }

    @Test
    void whoComesMeanwhileIsBegunInTheSameTurn() {
        sockets.next = () -> waits("one");

        handler.run(loop);
        assertThat(calls).containsExactly("waits for ever", "one");
    }

    @Test
    void whereNobodyMayBeginTheLoopWaitsForALittleWhile() {
        fill();
        waits("one");

        handler.run(loop);
        assertThat(calls).hasSize(2).first().isEqualTo("looks");
        assertThat(sockets.waited).isBetween(0L, RequestQueue.IDLE_NANOS);
        assertThat(sockets.until).isEqualTo(sockets.now + sockets.waited);
    }

    @Test
    void nothingToDoLetsTheNextBegin() {
        fill();
        waits("one");
        sockets.idles = true;

        handler.run(loop);
        assertThat(calls).hasSize(3).last().isEqualTo("one");
    }

    @Test
    void aLoopThatHasTasksOrSocketsToLookAfterDoesNotWait() {
        fill();
        waits("one");

        loop.canBlock = false;
        handler.run(loop);
        loop.canBlock = true;
        sockets.did = 1;
        handler.run(loop);
        assertThat(calls).containsExactly("looks", "looks");
    }

    @Test
    void theLoopWaitsNoLongerThanForItsOwnTimers() {
        fill();
        waits("one");
        loop.deadline = System.nanoTime() - 1;

        handler.run(loop);
        assertThat(sockets.waited).isZero();
        assertThat(sockets.until).isEqualTo(loop.deadline);
    }

    private static final class Loop implements IoHandlerContext {

        private boolean canBlock = true;
        private long deadline = -1;

        @Override
        public boolean canBlock() {
            return canBlock;
        }

        @Override
        public long delayNanos(long now) {
            return deadline == -1 ? Long.MAX_VALUE : Math.max(0, deadline - now);
        }

        @Override
        public long deadlineNanos() {
            return deadline;
        }
    }

    private final class Sockets implements IoHandler {

        private int did;
        private long now;
        private long waited;
        private long until;
        private boolean idles;
        private Runnable next = () -> {};

        @Override
        public int run(IoHandlerContext context) {
            if (context.canBlock()) {
                now = System.nanoTime();
                waited = context.delayNanos(now);
                until = context.deadlineNanos();
                calls.add(waited == Long.MAX_VALUE ? "waits for ever" : "waits");
                while (idles && System.nanoTime() - now < waited) {
                    Thread.onSpinWait();
                }
            } else {
                calls.add("looks");
            }
            next.run();
            return did;
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            throw new AssertionError("nothing to be registered");
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> type) {
            return false;
        }

        @Override
        public void wakeup() {
            throw new AssertionError("nobody waits");
        }
    }
}
