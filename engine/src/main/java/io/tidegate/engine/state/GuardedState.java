package io.tidegate.engine.state;

import io.tidegate.api.StateStore;
import io.tidegate.config.RedisConfig;
import io.tidegate.engine.worker.Worker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A store that gateways share, with what is kept in this process in its place where it does not answer in time.
///
/// ```
/// left out ─ a trial in time ─▶ used ─ five late answers in a row, or a trial that fails ─▶ left out
/// ```
///
/// A trial is made every [#TRIAL_MILLIS], one at a time, whether there are requests or not.
final class GuardedState implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.state");

    /// How often it is seen whether the store answers, in milliseconds.
    static final long TRIAL_MILLIS = 250;

    /// How long a store may take to answer first before that is said.
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

    /// Key of the trials; nothing is kept there.
    private static final String TRIAL = "trial";

    private final RemoteState remote;
    private final StateStore memory;
    private final RedisConfig config;
    private final Circuit circuit;
    private final LongAdder inPlace = new LongAdder();
    private final AtomicBoolean trying = new AtomicBoolean();
    private final io.netty.util.concurrent.Future<?> trials;
    private volatile long openedAt = System.nanoTime();
    /// Whether it was said that the store is left out. It is from the start, until it has answered.
    private volatile boolean said;

    GuardedState(RemoteState remote, StateStore memory, RedisConfig config, Worker worker) {
        this.remote = remote;
        this.memory = memory;
        this.config = config;
        this.circuit = new Circuit(config.budget().toNanos());
        circuit.trip();
        this.trials = worker.loop().scheduleAtFixedRate(this::look, TRIAL_MILLIS, TRIAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    RedisConfig config() {
        return config;
    }

    /// Whether the store is left out.
    boolean isLeftOut() {
        return circuit.isOpen();
    }

    /// Calls answered so far by what is kept in this process.
    long inPlace() {
        return inPlace.sum();
    }

    /// Answers so far that were late or did not come.
    long late() {
        return circuit.late();
    }

    /// Calls the store, and what is kept in this process where it fails.
    <T> CompletionStage<T> call(Function<StateStore, CompletionStage<T>> call) {
        if (circuit.isOpen()) {
            inPlace.increment();
            return call.apply(memory);
        }
        long start = System.nanoTime();
        CompletableFuture<T> result = new CompletableFuture<>();
        ask(call).whenComplete((value, failure) -> {
            if (failure == null) {
                if (circuit.answered(System.nanoTime() - start)) {
                    leftOut("answers late", null);
                }
                result.complete(value);
                return;
            }
            if (circuit.missed()) {
                leftOut("does not answer", failure);
            }
            inPlace.increment();
            call.apply(memory).whenComplete((value2, failure2) -> {
                if (failure2 == null) {
                    result.complete(value2);
                } else {
                    result.completeExceptionally(failure2);
                }
            });
        });
        return result;
    }

    private <T> CompletionStage<T> ask(Function<StateStore, CompletionStage<T>> call) {
        try {
            return call.apply(remote.store());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void look() {
        if (!trying.compareAndSet(false, true)) {
            return;
        }
        long start = System.nanoTime();
        ask(store -> store.get(TRIAL)).whenComplete((value, failure) -> {
            trying.set(false);
            long took = System.nanoTime() - start;
            if (failure != null) {
                if (circuit.trip() || (!said && System.nanoTime() - openedAt > PATIENCE_NANOS)) {
                    leftOut("does not answer", failure);
                }
            } else if (circuit.isOpen()) {
                if (circuit.tried(took)) {
                    LOG.info("Redis answers after {} ms: state is shared", (System.nanoTime() - openedAt) / 1_000_000);
                }
            } else if (circuit.answered(took)) {
                leftOut("answers late", null);
            }
        });
    }

    private void leftOut(String why, @Nullable Throwable failure) {
        said = true;
        openedAt = System.nanoTime();
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        LOG.warn("Redis {}: state is kept in this process alone until it does{}", why,
                cause == null ? "" : ": " + cause);
    }

    @Override
    public void close() {
        trials.cancel(false);
        remote.close().run();
    }
}
