package io.tidegate.engine.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamPoolTest {

    private final List<Runnable> due = new ArrayList<>();
    private final AtomicInteger made = new AtomicInteger();
    private StreamPool<Integer> pool;

    @BeforeEach
    void make() {
        pool = new StreamPool<>(due::add, made::incrementAndGet);
    }

    private void serveAtOnce(int requests) {
        List<Integer> serving = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            serving.add(pool.take());
        }
        serving.forEach(pool::giveBack);
    }

    private void aSecondPasses() {
        List<Runnable> now = List.copyOf(due);
        due.clear();
        now.forEach(Runnable::run);
    }

    @Test
    void givesOutWhatWasUsedLast() {
        serveAtOnce(3);
        Integer last = pool.take();
        pool.giveBack(last);
        assertThat(pool.take()).isEqualTo(last);
        assertThat(made).hasValue(3);
    }

    @Test
    void keepsAsManyAsAreNeededAtOnceOnceInASecond() {
        for (int second = 0; second < 60; second++) {
            serveAtOnce(1000);
            for (int i = 0; i < 100; i++) {
                serveAtOnce(10);
            }
            aSecondPasses();
        }
        assertThat(made).hasValue(1000);
    }

    @Test
    void letsGoWhatNobodyNeedsAnyMore() {
        serveAtOnce(1000);
        for (int second = 0; second < 20; second++) {
            aSecondPasses();
            serveAtOnce(1);
        }
        serveAtOnce(1000);
        assertThat(made).hasValue(1000 + 1000 - StreamPool.LEAST);
    }

    @Test
    void letsGoWithoutAnyRequestToo() {
        serveAtOnce(1000);
        for (int second = 0; second < 20; second++) {
            aSecondPasses();
        }
        assertThat(due).as("who still looks").isEmpty();
        serveAtOnce(1000);
        assertThat(made).hasValue(1000 + 1000 - StreamPool.LEAST);
        assertThat(due).as("who looks").hasSize(1);
    }

    @Test
    void keepsNoMoreThanItMay() {
        serveAtOnce(StreamPool.MOST + 10);
        serveAtOnce(StreamPool.MOST + 10);
        assertThat(made).hasValue(StreamPool.MOST + 10 + 10);
    }
}
