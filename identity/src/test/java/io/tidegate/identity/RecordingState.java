package io.tidegate.identity;

import io.tidegate.api.StateStore;
import io.tidegate.engine.state.MemoryState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/// A store that remembers all that it was given.
public final class RecordingState implements StateStore {

    private final MemoryState memory = new MemoryState(1000, 1 << 20);
    private final List<String> read = new CopyOnWriteArrayList<>();
    private final List<String> written = new CopyOnWriteArrayList<>();
    private final List<Duration> lives = new CopyOnWriteArrayList<>();

    /// Keys and values.
    public List<String> written() {
        return written;
    }

    /// For how long each of them was to be kept.
    public List<Duration> lives() {
        return lives;
    }

    private void record(String key, byte[] value, Duration life) {
        written.add(key + " " + new String(value, StandardCharsets.ISO_8859_1));
        lives.add(life);
    }

    /// How often somebody has looked for keys that begin like this.
    public long looks(String prefix) {
        return read.stream().filter(key -> key.startsWith(prefix)).count();
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(String key) {
        read.add(key);
        return memory.get(key);
    }

    @Override
    public CompletionStage<Optional<byte[]>> putIfAbsent(String key, byte[] value, Duration life) {
        record(key, value, life);
        return memory.putIfAbsent(key, value, life);
    }

    @Override
    public CompletionStage<?> put(String key, byte[] value, Duration life) {
        record(key, value, life);
        return memory.put(key, value, life);
    }

    @Override
    public CompletionStage<Boolean> replace(String key, byte[] expected, byte[] value, Duration life) {
        record(key, value, life);
        return memory.replace(key, expected, value, life);
    }

    @Override
    public CompletionStage<Boolean> remove(String key) {
        return memory.remove(key);
    }

    @Override
    public CompletionStage<Boolean> remove(String key, byte[] expected) {
        return memory.remove(key, expected);
    }
}
