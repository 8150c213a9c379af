package io.tidegate.engine.state;

import io.tidegate.api.StateStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// The values of one type of policy, among those of all.
///
/// @param prefix
///            what their keys begin with in `all`: the type and a colon, by which [MemoryState] tells types apart
record TypedState(StateStore all, String prefix) implements StateStore {

    @Override
    public CompletionStage<Optional<byte[]>> get(String key) {
        return all.get(prefix + key);
    }

    @Override
    public CompletionStage<Optional<byte[]>> putIfAbsent(String key, byte[] value, Duration life) {
        return all.putIfAbsent(prefix + key, value, life);
    }

    @Override
    public CompletionStage<?> put(String key, byte[] value, Duration life) {
        return all.put(prefix + key, value, life);
    }

    @Override
    public CompletionStage<Boolean> replace(String key, byte[] expected, byte[] value, Duration life) {
        return all.replace(prefix + key, expected, value, life);
    }

    @Override
    public CompletionStage<Boolean> remove(String key) {
        return all.remove(prefix + key);
    }

    @Override
    public CompletionStage<Boolean> remove(String key, byte[] expected) {
        return all.remove(prefix + key, expected);
    }
}
