package io.tidegate.engine.consumer;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Consumer;
import io.tidegate.api.Consumers;
import io.tidegate.api.FilePath;
import io.tidegate.api.Identity;
import io.tidegate.config.ConsumerConfig;
import io.tidegate.config.KeyFile;
import io.tidegate.config.TimestampConfig;
import io.tidegate.config.pem.UnusableFileException;
import java.time.Instant;
import java.util.Collections;
import java.util.ArrayList;
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
    private final KeyTable apiKeys = new KeyTable();

    /// Those declared, by name. Reads the files of keys that they name.
    ///
    /// @throws ConfigException
    ///             where one can't be used
    public DeclaredConsumers(Map<String, ConsumerConfig> declared) {
        declared.forEach((name, config) -> add(new Consumer(name, config.groups()), config));
        for (Map.Entry<String, ConsumerConfig> entry : declared.entrySet()) {
            FilePath file = entry.getValue().apiKeysFile();
            if (file != null) {
                read(file, Objects.requireNonNull(byName.get(entry.getKey())));
            }
        }
    }

    private void read(FilePath file, Consumer consumer) {
        ApiKey plain = new ApiKey(consumer, "", null, null);
        List<ApiKey> taken = new ArrayList<>();
        try {
            KeyFile.read(file.path(), (sha256, terms) -> {
                // Of a million keys with nothing to say of them there is one.
                ApiKey key = terms.equals(KeyFile.Terms.NONE)
                        ? plain
                        : new ApiKey(consumer, terms.name(), terms.notBefore(), terms.expires());
                ApiKey known = apiKeys.add(sha256, key);
                if (known != null) {
                    taken.add(known);
                }
            });
        } catch (UnusableFileException e) {
            throw new ConfigException(consumer.name() + ".apiKeysFile",
                    "can't use the file " + file + ": " + e.getMessage());
        }
        if (!taken.isEmpty()) {
            throw new ConfigException(consumer.name() + ".apiKeysFile", "the file " + file + " has " + taken.size()
                    + " keys that stand elsewhere already, the first with the consumer '"
                    + taken.getFirst().consumer().name() + "'");
        }
    }

    private void add(Consumer consumer, ConsumerConfig config) {
        byName.put(consumer.name(), consumer);
        config.identities().forEach(identity -> byIdentity.put(identity.identity(), consumer));
        config.apiKeys().forEach(key -> apiKeys.add(HexFormat.of().parseHex(key.sha256()), new ApiKey(consumer,
                key.name() == null ? "" : key.name(), time(key.notBefore()), time(key.expires()))));
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
