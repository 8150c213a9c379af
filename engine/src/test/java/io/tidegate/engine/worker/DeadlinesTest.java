package io.tidegate.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.engine.worker.Deadlines.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlinesTest {

    private final Workers workers = new Workers(1, Transport.NIO);
    private final Worker worker = workers.all().getFirst();

    @AfterEach
    void stop() {
        workers.close();
    }

    @Test
    void doesNotFireEarlyWhereTheLoopWasHeldUpBefore() throws Exception {
        CompletableFuture<Long> lasted = new CompletableFuture<>();
        worker.loop().execute(() -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
            long from = worker.deadlines().refresh();
            worker.deadlines().set(new Deadline(() -> lasted.complete(System.nanoTime() - from)),
                    TimeUnit.MILLISECONDS.toNanos(200));
        });
        assertThat(lasted.get(30, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
    }

    @Test
    void goesOnWhereWhatWasDueThrows() throws Exception {
        CompletableFuture<Boolean> fired = new CompletableFuture<>();
        worker.loop().execute(() -> {
            worker.deadlines().set(new Deadline(() -> {
                throw new IllegalStateException("made up");
            }), 1);
            worker.deadlines().set(new Deadline(() -> fired.complete(true)), TimeUnit.MILLISECONDS.toNanos(100));
        });
        assertThat(fired.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void tellsHowLateItsClockWas() throws Exception {
        CompletableFuture<Long> late = new CompletableFuture<>();
        worker.loop().execute(() -> {
            worker.deadlines().set(new Deadline(() -> late.complete(worker.deadlines().late())), 1);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
        });
        assertThat(late.get(30, TimeUnit.SECONDS))
                .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(300) - 2 * Deadlines.TICK_NANOS);
    }
}
