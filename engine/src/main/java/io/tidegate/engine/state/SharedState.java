package io.tidegate.engine.state;

import io.tidegate.api.StateStore;
import io.tidegate.config.RedisConfig;
import io.tidegate.config.SharedStateConfig;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.observe.Metrics.Registration;
import io.tidegate.engine.worker.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The values of all policies of a process, over reloads: in memory, or in a store that gateways share.
public final class SharedState implements StateStore, AutoCloseable {

    /// What is said where a shared store is left out.
    public static final String DEGRADED = "Redis does not answer in time: state is kept in this process alone";

    private final Workers workers;
    private final Metrics metrics;
    private final RemoteStates remotes;
    private final MemoryState memory;
    private final List<Registration> measured = new ArrayList<>();
    private volatile @Nullable GuardedState guarded;

    /// State in memory until [#commit] says otherwise.
    public SharedState(Workers workers, Metrics metrics, RemoteStates remotes) {
        this.workers = workers;
        this.metrics = metrics;
        this.remotes = remotes;
        SharedStateConfig.Memory bounds = SharedStateConfig.IN_MEMORY.memory();
        this.memory = new MemoryState(bounds.maxEntries(), bounds.maxSize().bytes());
        metrics.gauge("tidegate_state_memory_entries", "Values that policies keep in this process.", memory::entries);
        metrics.gauge("tidegate_state_memory_bytes", "Memory that they take up, in bytes.", memory::bytes);
        metrics.counter("tidegate_state_memory_evictions_total",
                "Values that were dropped before their time, since there were too many.", memory::evicted);
    }

    /// Opens what `config` asks for, to be put in place by [#commit].
    ///
    /// @return null where it is what there is already, or nothing
    /// @throws IllegalArgumentException
    ///             where it can't be opened
    public @Nullable RemoteState open(SharedStateConfig config) {
        RedisConfig redis = config.redis();
        GuardedState running = guarded;
        return redis == null || (running != null && running.config().equals(redis)) ? null : remotes.open(redis);
    }

    /// Puts in place what was opened for `config`.
    public void commit(SharedStateConfig config, @Nullable RemoteState opened) {
        memory.bound(config.memory().maxEntries(), config.memory().maxSize().bytes());
        GuardedState before = guarded;
        RedisConfig redis = config.redis();
        if (redis != null && opened == null) {
            return;
        }
        measured.forEach(Registration::close);
        measured.clear();
        if (redis == null || opened == null) {
            guarded = null;
        } else {
            GuardedState next = new GuardedState(opened, memory, redis, workers.all().getFirst());
            guarded = next;
            measure(next);
        }
        if (before != null) {
            before.close();
        }
    }

    private void measure(GuardedState state) {
        measured.add(metrics.gauge("tidegate_state_degraded",
                "1 where the shared store is left out, and state is kept in this process alone.",
                () -> state.isLeftOut() ? 1 : 0));
        measured.add(metrics.counter("tidegate_state_local_calls_total",
                "Calls of policies answered by what is kept in this process, for want of the shared store.",
                state::inPlace));
        measured.add(metrics.counter("tidegate_state_late_total",
                "Answers of the shared store that were late or did not come.", state::late));
    }

    /// Whether a shared store is declared and left out now.
    public boolean isDegraded() {
        GuardedState shared = guarded;
        return shared != null && shared.isLeftOut();
    }

    /// The part of the state that belongs to policies of one type.
    public StateStore of(String type) {
        return new TypedState(this, type + ':');
    }

    private <T> CompletionStage<T> call(Function<StateStore, CompletionStage<T>> call) {
        GuardedState shared = guarded;
        return shared == null ? call.apply(memory) : shared.call(call);
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(String key) {
        return call(store -> store.get(key));
    }

    @Override
    public CompletionStage<Optional<byte[]>> putIfAbsent(String key, byte[] value, Duration life) {
        MemoryState.check(key, value, life);
        return call(store -> store.putIfAbsent(key, value, life));
    }

    @Override
    public CompletionStage<?> put(String key, byte[] value, Duration life) {
        MemoryState.check(key, value, life);
        return call(store -> store.put(key, value, life).thenApply(_ -> true));
    }

    @Override
    public CompletionStage<Boolean> replace(String key, byte[] expected, byte[] value, Duration life) {
        MemoryState.check(key, value, life);
        return call(store -> store.replace(key, expected, value, life));
    }

    @Override
    public CompletionStage<Boolean> remove(String key) {
        return call(store -> store.remove(key));
    }

    @Override
    public CompletionStage<Boolean> remove(String key, byte[] expected) {
        return call(store -> store.remove(key, expected));
    }

    @Override
    public void close() {
        GuardedState shared = guarded;
        if (shared != null) {
            shared.close();
        }
    }
}
