package io.tidegate.engine.consumer;

import io.tidegate.api.Consumer;
import io.tidegate.api.Consumers;
import io.tidegate.api.Identity;
import io.tidegate.config.ConsumerConfig;
import io.tidegate.config.TimestampConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The consumers that a configuration declares. Immutable.
public final class DeclaredConsumers implements Consumers {

    private final Map<String, Consumer> byName = new HashMap<>();
    private final Map<Identity, Consumer> byIdentity = new HashMap<>();
    private final Map<String, Password> passwords = new HashMap<>();
    private final Map<String, SigningKey> signingKeys = new HashMap<>();
    private final KeyTable apiKeys;

    /// Those declared, by name.
    public DeclaredConsumers(Map<String, ConsumerConfig> declared) {
        List<KeyTable.Entry> keys = new ArrayList<>();
        declared.forEach((name, config) -> add(new Consumer(name, config.groups()), config, keys));
        apiKeys = new KeyTable(keys);
    }

    private void add(Consumer consumer, ConsumerConfig config, List<KeyTable.Entry> keys) {
        byName.put(consumer.name(), consumer);
        config.identities().forEach(identity -> byIdentity.put(identity.identity(), consumer));
        config.apiKeys().forEach(key -> keys.add(new KeyTable.Entry(HexFormat.of().parseHex(key.sha256()),
                new ApiKey(consumer, key.name() == null ? "" : key.name(), time(key.notBefore()),
                        time(key.expires())))));
        config.passwords()
                .forEach(password -> passwords.put(password.username(), new Password(consumer, password.hash())));
        config.signingKeys()
                .forEach(key -> signingKeys.put(key.id(), new SigningKey(consumer, key.algorithm().id(),
                        Objects.requireNonNull(key.secret() == null ? key.publicKey() : key.secret()))));
    }

    private static @Nullable Instant time(@Nullable TimestampConfig config) {
        return config == null ? null : config.time();
    }

    @Override
    public @Nullable Consumer named(String name) {
        return byName.get(name);
    }

    @Override
    public @Nullable Consumer identified(Identity identity) {
        return byIdentity.get(identity);
    }

    @Override
    public @Nullable ApiKey apiKey(byte[] sha256) {
        return apiKeys.find(sha256);
    }

    @Override
    public @Nullable Password password(String username) {
        return passwords.get(username);
    }

    @Override
    public @Nullable SigningKey signingKey(String id) {
        return signingKeys.get(id);
    }

    @Override
    public Map<String, Password> passwords() {
        return Collections.unmodifiableMap(passwords);
    }

    @Override
    public Map<String, SigningKey> signingKeys() {
        return Collections.unmodifiableMap(signingKeys);
    }
}
