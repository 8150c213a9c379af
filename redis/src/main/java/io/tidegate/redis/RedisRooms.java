package io.tidegate.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.tidegate.config.RedisConfig;
import io.tidegate.config.SharedRooms;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Rooms in a Redis. Has a connection of its own, whose calls may take longer than those that requests wait for.
public final class RedisRooms implements SharedRooms {

    /// Longest wait for an answer: nobody who is served waits for it.
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    /// Where the library itself does not give up in time.
    private static final long GUARD_MILLIS = 5000;

    private final RedisLink link;
    private final String prefix;

    private RedisRooms(RedisLink link, String prefix) {
        this.link = link;
        this.prefix = prefix;
    }

    /// Begins to connect, and goes on until [#close].
    ///
    /// @param purpose
    ///            what the rooms are for; a part of their keys
    /// @throws IllegalArgumentException
    ///             where a file that is declared can't be used
    public static RedisRooms open(RedisConfig config, String purpose) {
        Duration timeout = config.timeout().compareTo(TIMEOUT) > 0 ? config.timeout() : TIMEOUT;
        return new RedisRooms(RedisLink.open(config.withTimeout(timeout)),
                config.keyPrefix() + purpose.toLowerCase(Locale.ROOT) + ':');
    }

    @Override
    public Room room(String name) {
        // One slot of a cluster for all keys of a room: scripts need that.
        return new RedisRoom(this, prefix + '{' + name + "}:");
    }

    /// Waits for what a call is answered.
    <T> T ask(Function<RedisClusterAsyncCommands<String, byte[]>, CompletionStage<T>> call) throws IOException {
        RedisClusterAsyncCommands<String, byte[]> commands = link.commands();
        if (commands == null) {
            throw new IOException("Redis can't be reached");
        }
        try {
            // Not to be interrupted: who is asked to end could not give back what he has.
            T answer = call.apply(commands).toCompletableFuture().orTimeout(GUARD_MILLIS, TimeUnit.MILLISECONDS)
                    .join();
            link.heard();
            return answer;
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("Redis does not answer as it should: " + cause.getMessage(), cause);
        } catch (RuntimeException e) {
            throw new IOException("Redis can't be asked: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
