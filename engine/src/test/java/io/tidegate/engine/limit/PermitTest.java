package io.tidegate.engine.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ConcurrencyConfig;
import io.tidegate.config.ConcurrencyConfig.Kind;
import io.tidegate.config.RouteConfig.Criticality;
import io.tidegate.engine.limit.Permit.Answer;
import io.tidegate.engine.worker.Transport;
import io.tidegate.engine.worker.Worker;
import io.tidegate.engine.worker.Workers;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PermitTest {

    private final Workers workers = new Workers(3, Transport.NIO);

    @AfterEach
    void close() {
        workers.close();
    }

    private Concurrency bound(Kind kind, int limit) {
        ConcurrencyConfig config = new ConcurrencyConfig(kind, limit, 10, 10_000, Duration.ofHours(1), 1);
        return Objects.requireNonNull(Concurrency.of("all", config, workers.all(), System::nanoTime));
    }

    private Worker worker(int index) {
        return workers.all().get(index);
    }

    private <T> T on(int loop, Supplier<T> what) throws InterruptedException {
        return worker(loop).loop().submit(what::get).sync().getNow();
    }

    private static Permit permit(Worker worker) {
        return new Permit(worker, () -> {}, () -> {});
    }

    @Test
    void whatTakesNoPlaceIsNotBookedOnTheServiceBefore() throws InterruptedException {
        Concurrency first = bound(Kind.ADAPTIVE, 1);
        long samples = on(0, () -> {
            Permit permit = permit(worker(0));
            assertThat(permit.ask(first, Criticality.NORMAL)).isEqualTo(Answer.GRANTED);
            permit.answered(1, false);
            permit.giveBack();
            permit.skip();
            permit.answered(TimeUnit.SECONDS.toNanos(20), false);
            permit.givenUp(TimeUnit.SECONDS.toNanos(20));
            permit.giveBack();
            return first.lane(0).samples();
        });
        assertThat(samples).isEqualTo(1);
        assertThat(first.running()).isZero();
    }

    @Test
    void whoTakesAPlaceOnlyWhereThereIsOneWaitsForNobodyAndPushesNobodyOut() throws InterruptedException {
        Concurrency bound = bound(Kind.FIXED, 1);
        on(0, () -> {
            Permit running = permit(worker(0));
            Permit waiting = permit(worker(0));
            Permit beside = permit(worker(0));
            assertThat(running.take(bound)).isTrue();
            assertThat(waiting.ask(bound, Criticality.LOW)).isEqualTo(Answer.WAITS);
            assertThat(beside.take(bound)).isFalse();
            assertThat(bound.waiting()).isEqualTo(1);
            assertThat(bound.refused()).isZero();
            waiting.giveBack();
            running.giveBack();
            return true;
        });
        assertThat(bound.running()).isZero();
    }

    @Test
    void aPlaceThatNobodyNeedsAnyMoreOnOneLoopGoesToAnother() throws InterruptedException {
        ConcurrencyConfig config = new ConcurrencyConfig(Kind.FIXED, 1, 10, 10_000, Duration.ofHours(1), 5);
        Concurrency bound = Objects.requireNonNull(Concurrency.of("all", config, workers.all(), System::nanoTime));
        CountDownLatch granted = new CountDownLatch(1);
        Permit running = permit(worker(2));
        Permit leaving = permit(worker(0));
        Permit waiting = new Permit(worker(1), granted::countDown, () -> {});
        assertThat(on(2, () -> running.take(bound))).isTrue();
        assertThat(on(0, () -> leaving.ask(bound, Criticality.NORMAL))).isEqualTo(Answer.WAITS);
        assertThat(on(1, () -> waiting.ask(bound, Criticality.NORMAL))).isEqualTo(Answer.WAITS);

        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch offered = new CountDownLatch(1);
        worker(0).loop().execute(() -> {
            held.countDown();
            awaitUninterruptibly(offered);
            // Goes before the place that was offered to this loop has come.
            leaving.giveBack();
        });
        held.await();
        on(2, () -> {
            running.giveBack();
            return true;
        });
        offered.countDown();

        assertThat(granted.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(on(1, () -> {
            waiting.giveBack();
            return bound.running();
        })).isZero();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
