package io.tidegate.redis;

import io.lettuce.core.KeyValue;
import io.lettuce.core.ScriptOutputType;
import io.tidegate.config.SharedRooms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One room in a Redis. What depends on the lock is done by scripts, which a Redis runs one at a time.
final class RedisRoom implements SharedRooms.Room {

    private static final String LOCK = "lock";
    private static final String FENCE = "fence";
    private static final String KEEP = "0";

    private static final String TAKE = """
            local held = redis.call('GET', KEYS[1])
            if held and string.sub(held, 1, string.len(ARGV[1])) ~= ARGV[1] then return false end
            local token = ARGV[1] .. redis.call('INCR', KEYS[2])
            redis.call('SET', KEYS[1], token, 'PX', ARGV[2])
            return token""";
    private static final String BEAT = """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
            return redis.call('PEXPIRE', KEYS[1], ARGV[2])""";
    private static final String WRITE = """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
            if ARGV[3] == '0' then redis.call('SET', KEYS[2], ARGV[2])
            else redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3]) end
            return 1""";
    private static final String REMOVE = """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
            redis.call('DEL', KEYS[2])
            return 1""";
    private static final String RELEASE = """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
            return redis.call('DEL', KEYS[1])""";

    private final RedisRooms rooms;
    private final String prefix;

    /// @param prefix
    ///            what its keys begin with
    RedisRoom(RedisRooms rooms, String prefix) {
        this.rooms = rooms;
        this.prefix = prefix;
    }

    @Override
    public Map<String, byte[]> read(List<String> keys) throws IOException {
        String[] all = keys.stream().map(this::key).toArray(String[]::new);
        List<KeyValue<String, byte[]>> found = rooms.ask(commands -> commands.mget(all));
        Map<String, byte[]> values = new HashMap<>();
        for (int i = 0; i < all.length; i++) {
            if (found.get(i).hasValue()) {
                values.put(keys.get(i), found.get(i).getValue());
            }
        }
        return values;
    }

    @Override
    public @Nullable String take(String owner, Duration lease) throws IOException {
        byte[] token = rooms.ask(commands -> commands.<byte[]>eval(TAKE, ScriptOutputType.VALUE,
                new String[]{key(LOCK), key(FENCE)}, bytes(owner + ' '), millis(lease)));
        return token == null ? null : new String(token, StandardCharsets.UTF_8);
    }

    @Override
    public boolean beat(String token, Duration lease) throws IOException {
        return ran(BEAT, new String[]{key(LOCK)}, bytes(token), millis(lease));
    }

    @Override
    public boolean write(String token, String key, byte @Nullable [] value, @Nullable Duration life)
            throws IOException {
        String[] keys = {key(LOCK), key(key)};
        return value == null
                ? ran(REMOVE, keys, bytes(token))
                : ran(WRITE, keys, bytes(token), value, life == null ? bytes(KEEP) : millis(life));
    }

    @Override
    public void release(String token) throws IOException {
        ran(RELEASE, new String[]{key(LOCK)}, bytes(token));
    }

    private boolean ran(String script, String[] keys, byte[]... arguments) throws IOException {
        Long done = rooms.ask(commands -> commands.<Long>eval(script, ScriptOutputType.INTEGER, keys, arguments));
        return done == 1;
    }

    private String key(String name) {
        return prefix + name;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] millis(Duration time) {
        return bytes(Long.toString(Math.max(1, time.toMillis())));
    }
}
