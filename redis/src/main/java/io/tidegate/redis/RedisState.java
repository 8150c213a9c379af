package io.tidegate.redis;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.tidegate.api.StateStore;
import io.tidegate.config.RedisConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Values in a Redis. Nothing is waited for: while there is no connection every stage has failed when it is returned,
/// and one that takes longer than the time-out fails then.
///
/// What has to be looked at and changed at once is done by scripts, which a Redis runs one at a time.
public final class RedisState implements StateStore, AutoCloseable {

    private static final String PUT_IF_ABSENT = """
            local v = redis.call('GET', KEYS[1])
            if v then return v end
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            return false""";
    private static final String REPLACE = """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
            redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
            return 1""";
    private static final String REMOVE = """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
            return redis.call('DEL', KEYS[1])""";

    private final RedisLink link;
    private final String prefix;

    private RedisState(RedisLink link, String prefix) {
        this.link = link;
        this.prefix = prefix;
    }

    /// Begins to connect, and goes on until [#close].
    ///
    /// @throws IllegalArgumentException
    ///             where a file that is declared can't be used
    public static RedisState open(RedisConfig config) {
        return new RedisState(RedisLink.open(config), config.keyPrefix());
    }

    private static byte[] millis(Duration life) {
        return Long.toString(Math.max(1, life.toMillis())).getBytes(StandardCharsets.US_ASCII);
    }

    private interface Call<T> {
        CompletionStage<T> on(RedisClusterAsyncCommands<String, byte[]> commands);
    }

    private <T> CompletionStage<T> call(Call<T> call) {
        RedisClusterAsyncCommands<String, byte[]> commands = link.commands();
        if (commands == null) {
            return CompletableFuture.failedFuture(new NotConnectedException());
        }
        return call.on(commands).whenComplete((_, failure) -> {
            if (failure == null) {
                link.heard();
            }
        });
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(String key) {
        return call(commands -> commands.get(prefix + key).thenApply(Optional::ofNullable));
    }

    @Override
    public CompletionStage<Optional<byte[]>> putIfAbsent(String key, byte[] value, Duration life) {
        return call(commands -> commands.<byte[]>eval(PUT_IF_ABSENT, ScriptOutputType.VALUE,
                new String[]{prefix + key}, value, millis(life)).thenApply(Optional::ofNullable));
    }

    @Override
    public CompletionStage<?> put(String key, byte[] value, Duration life) {
        return this.<String>call(
                commands -> commands.set(prefix + key, value, SetArgs.Builder.px(Math.max(1, life.toMillis()))));
    }

    @Override
    public CompletionStage<Boolean> replace(String key, byte[] expected, byte[] value, Duration life) {
        return call(commands -> commands.<Long>eval(REPLACE, ScriptOutputType.INTEGER, new String[]{prefix + key},
                expected, value, millis(life)).thenApply(changed -> changed == 1));
    }

    @Override
    public CompletionStage<Boolean> remove(String key) {
        return call(commands -> commands.del(prefix + key).thenApply(removed -> removed == 1));
    }

    @Override
    public CompletionStage<Boolean> remove(String key, byte[] expected) {
        return call(commands -> commands.<Long>eval(REMOVE, ScriptOutputType.INTEGER, new String[]{prefix + key},
                expected).thenApply(removed -> removed == 1));
    }

    /// Lets go of the connection. Blocks for a moment.
    @Override
    public void close() {
        link.close();
    }
}
