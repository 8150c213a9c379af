package io.tidegate.ldap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Credentials that were right a moment ago: not themselves, but their HMAC by a key that nobody else knows.
final class Remembered {

    private static final int MOST = 20_000;
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;
    private final @Nullable Cache<ByteBuffer, Directory.User> users;

    /// @param time
    ///            for how long; zero for none at all
    Remembered(Duration time, InstantSource clock) {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        key = new SecretKeySpec(random, ALGORITHM);
        users = time.isZero()
                ? null
                : Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(time)
                        .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis())).build();
    }

    /// What credentials are known by.
    ByteBuffer mark(String username, String password) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(username.getBytes(StandardCharsets.UTF_8));
            // No user name has this byte in it.
            mac.update((byte) 0);
            return ByteBuffer.wrap(mac.doFinal(password.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    Directory.@Nullable User get(ByteBuffer mark) {
        return users == null ? null : users.getIfPresent(mark);
    }

    void put(ByteBuffer mark, Directory.User user) {
        if (users != null) {
            users.put(mark, user);
        }
    }
}
