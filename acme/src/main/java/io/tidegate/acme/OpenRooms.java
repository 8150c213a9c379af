package io.tidegate.acme;

import io.tidegate.config.RedisConfig;
import io.tidegate.config.SharedRooms;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Stores by network that are open, one for each declaration. May be used by several threads.
final class OpenRooms implements AutoCloseable {

    private final Function<RedisConfig, SharedRooms> opening;
    private final Map<RedisConfig, SharedRooms> open = new HashMap<>();
    private boolean closed;

    /// @param opening
    ///            begins to connect
    OpenRooms(Function<RedisConfig, SharedRooms> opening) {
        this.opening = opening;
    }

    /// The store that is declared so.
    synchronized SharedRooms of(RedisConfig config) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        return open.computeIfAbsent(config, opening);
    }

    /// Lets go of all stores but this one.
    synchronized void keepOnly(@Nullable RedisConfig config) {
        open.entrySet().removeIf(entry -> {
            boolean gone = !entry.getKey().equals(config);
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
    }

    @Override
    public synchronized void close() {
        closed = true;
        keepOnly(null);
    }
}
