package io.tidegate.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.tidegate.config.ProcessConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UringHandlerTest {

    @Test
    void aLoopIsWokenByAnotherThreadBeforeItsMemoryIsFreed() {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        Thread loop = Thread.currentThread();

        new UringHandler(new Recorded(calls, loop)).destroy();

        assertThat(calls).containsExactly("woken by another thread", "destroyed by the loop");
    }

    @Test
    void whoEndsALoopLearnsOfAnInterruption() {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        Thread.currentThread().interrupt();

        new UringHandler(new Recorded(calls, Thread.currentThread())).destroy();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(calls).containsExactly("woken by another thread", "destroyed by the loop");
    }

    /// What is wrong here shows as a hang or as damage to the memory of the process.
    @Test
    void loopsEndWhetherOrNotSomebodyWakesThem() {
        assumeTrue(Transport.IO_URING.isAvailable(), "io_uring");
        AtomicInteger run = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            try (Workers workers = new Workers(2, Transport.choose(ProcessConfig.Transport.IO_URING))) {
                for (int task = 0; task < i; task++) {
                    workers.all().get(task % 2).loop().execute(run::incrementAndGet);
                }
            }
        }
        assertThat(run).hasValue(20 * 19 / 2);
    }

    private record Recorded(List<String> calls, Thread loop) implements IoHandler {

        @SuppressWarnings("ReferenceEquality") // this thread
        private void record(String call) {
            calls.add(call + (Thread.currentThread() == loop ? " by the loop" : " by another thread"));
        }

        @Override
        public void wakeup() {
            record("woken");
        }

        @Override
        public void destroy() {
            record("destroyed");
        }

        @Override
        public int run(IoHandlerContext context) {
            throw new AssertionError("not to be run");
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            throw new AssertionError("nothing to be registered");
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return true;
        }
    }
}
