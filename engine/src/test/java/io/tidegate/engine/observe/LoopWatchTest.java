package io.tidegate.engine.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ProcessConfig;
import io.tidegate.engine.worker.Transport;
import io.tidegate.engine.worker.Workers;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoopWatchTest {

    private record Stall(int worker, long lateNanos, List<StackTraceElement> stack) {
    }

    private final Workers workers = new Workers(2, Transport.NIO);
    private final Metrics metrics = new Metrics(2, new Metrics.BuildInfo("test", "nio"));
    private final BlockingQueue<Stall> stalls = new LinkedBlockingQueue<>();

    private LoopWatch watch() {
        return new LoopWatch(workers, metrics, Duration.ofMillis(50),
                (worker, lateNanos, stack) -> stalls.add(new Stall(worker, lateNanos, stack)), () -> {});
    }

    @AfterEach
    void stop() {
        workers.close();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("waited for 30 s").isNegative();
            Thread.sleep(5);
        }
    }

    private static void holdUpTheLoop(CountDownLatch until) {
        try {
            until.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private PrometheusText scrape() throws IOException {
        StringBuilder out = new StringBuilder();
        metrics.writeTo(out);
        return PrometheusText.read(out);
    }

    @Test
    void tellsWhoHeldALoopUpAndWithWhat() throws Exception {
        try (LoopWatch watched = watch()) {
            assertThat(watched).isNotNull();
            await(() -> metrics.worker(1).lag().count() > 2);
            CountDownLatch held = new CountDownLatch(1);
            workers.all().get(1).loop().execute(() -> holdUpTheLoop(held));
            Stall stall = stalls.poll(30, TimeUnit.SECONDS);
            while (stall != null && stall.stack.stream().noneMatch(f -> f.getMethodName().equals("holdUpTheLoop"))) {
                stall = stalls.poll(30, TimeUnit.SECONDS);
            }
            assertThat(stall).isNotNull();
            assertThat(stall.worker).isEqualTo(1);
            assertThat(stall.lateNanos).isGreaterThanOrEqualTo(50_000_000);
            // The gauge tells while it lasts, the counter once it is over.
            assertThat(scrape().value("tidegate_loop_lag_max_seconds", "worker", "1")).isGreaterThanOrEqualTo(0.05);
            long before = metrics.worker(1).stalls();
            held.countDown();
            await(() -> metrics.worker(1).stalls() > before);
            assertThat(scrape().value("tidegate_loop_stalls_total", "worker", "1")).isPositive();
        }
    }

    @Test
    void knowsALoopThatWaitsForItsSocketsFromOneThatIsHeldUp() {
        StackTraceElement uring = frame("io.netty.channel.uring.Native", "ioUringEnter");
        StackTraceElement epoll = frame("io.netty.channel.epoll.Native", "epollWait0");
        StackTraceElement nio = frame("sun.nio.ch.EPoll", "wait");
        StackTraceElement policy = frame("com.example.BlockingPolicy", "onRequest");

        assertThat(List.of(uring, epoll, nio)).allSatisfy(frame -> {
            assertThat(LoopWatch.waitsInKernel(List.of(frame, policy))).isTrue();
            assertThat(LoopWatch.waitsInKernel(List.of(policy, frame))).isFalse();
        });
        assertThat(LoopWatch.waitsInKernel(List.of())).isFalse();
    }

    @ParameterizedTest
    @EnumSource(value = ProcessConfig.Transport.class, names = {"IO_URING", "EPOLL", "NIO"})
    void knowsWhereAnIdleLoopWaitsWhateverTheTransport(ProcessConfig.Transport wanted) throws Exception {
        Workers idle = new Workers(1, Transport.choose(wanted));
        try {
            BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
            idle.all().getFirst().loop().execute(() -> threads.add(Thread.currentThread()));
            Thread loop = Objects.requireNonNull(threads.poll(30, TimeUnit.SECONDS));

            await(() -> LoopWatch.waitsInKernel(List.of(loop.getStackTrace())));
        } finally {
            idle.close();
        }
    }

    private static StackTraceElement frame(String type, String method) {
        return new StackTraceElement(type, method, null, -1);
    }

    @Test
    void tellsAgainOfAHoldUpThatLasts() throws Exception {
        try (LoopWatch watched = watch()) {
            assertThat(watched).isNotNull();
            await(() -> metrics.worker(1).lag().count() > 2);
            CountDownLatch held = new CountDownLatch(1);
            workers.all().get(1).loop().execute(() -> holdUpTheLoop(held));
            Stall before = heldUp();
            Stall after = heldUp();
            held.countDown();
            assertThat(after.lateNanos).isGreaterThanOrEqualTo(4 * before.lateNanos);
        }
    }

    private Stall heldUp() throws InterruptedException {
        while (true) {
            Stall stall = stalls.poll(30, TimeUnit.SECONDS);
            assertThat(stall).isNotNull();
            if (stall.stack.stream().anyMatch(f -> f.getMethodName().equals("holdUpTheLoop"))) {
                return stall;
            }
        }
    }

    @Test
    void measuresEveryTick() throws Exception {
        try (LoopWatch watched = watch()) {
            assertThat(watched).isNotNull();
            await(() -> metrics.worker(0).lag().count() > 5 && metrics.worker(1).lag().count() > 5);
        }
        PrometheusText text = scrape();
        assertThat(text.value("tidegate_loop_lag_seconds_count")).isGreaterThan(10);
        assertThat(text.has("tidegate_loop_lag_last_seconds", "worker", "0")).isTrue();
    }

    @Test
    void beginsANewMaximumAfterEachScrape() {
        WorkerCells cells = metrics.worker(0);
        cells.beat(70, 0);
        cells.beat(30, 0);
        assertThat(cells.takeMaxLagNanos(0)).isEqualTo(70);
        cells.beat(20, 0);
        cells.beat(25, 0);
        cells.beat(10, 0);
        assertThat(cells.takeMaxLagNanos(0)).isEqualTo(25);
        assertThat(cells.lastLagNanos()).isEqualTo(10);
    }

    @Test
    void countsALoopThatIsLateRightNow() {
        WorkerCells cells = metrics.worker(0);
        cells.beat(10, 1000);
        assertThat(cells.takeMaxLagNanos(6000)).isEqualTo(5000);
    }

    @Test
    void saysNothingOfALoopThatItNoLongerWatches() throws Exception {
        LoopWatch watched = watch();
        await(() -> metrics.worker(0).lag().count() > 2 && metrics.worker(1).lag().count() > 2);
        watched.close();
        await(() -> metrics.worker(0).beatDue() == 0 && metrics.worker(1).beatDue() == 0);
        assertThat(metrics.worker(0).takeMaxLagNanos(Long.MAX_VALUE)).isLessThan(Long.MAX_VALUE / 2);
    }
}
