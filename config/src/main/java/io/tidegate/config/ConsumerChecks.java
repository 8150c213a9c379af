package io.tidegate.config;

import io.tidegate.api.FilePath;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Checks that nothing a consumer is known by leads to two of them.
final class ConsumerChecks {

    private final CheckContext context;

    ConsumerChecks(CheckContext context) {
        this.context = context;
    }

    void run() {
        context.config().consumers().forEach((name, consumer) -> {
            FilePath file = consumer.apiKeysFile();
            if (file != null) {
                context.read(() -> {
                    KeyFile.read(file.path(), (_, _) -> {
                    });
                    return file;
                }, file, "consumers", name, "apiKeysFile");
            }
        });
        unique("identities", "this identity", ConsumerConfig::identities, IdentityConfig::identity);
        unique("apiKeys", "this key", ConsumerConfig::apiKeys, ConsumerConfig.ApiKeyConfig::sha256);
        unique("passwords", "this user name", ConsumerConfig::passwords, ConsumerConfig.PasswordConfig::username);
        unique("signingKeys", "this id", ConsumerConfig::signingKeys, ConsumerConfig.SigningKeyConfig::id);
    }

    private <T> void unique(String key, String what, Function<ConsumerConfig, List<T>> list, Function<T, Object> of) {
        Map<Object, String> owners = new HashMap<>();
        context.config().consumers().forEach((name, consumer) -> {
            List<T> items = list.apply(consumer);
            for (int i = 0; i < items.size(); i++) {
                String owner = owners.putIfAbsent(of.apply(items.get(i)), name);
                if (owner != null) {
                    context.error(what + " is that of the consumer '" + owner + "' already", "consumers", name, key, i);
                }
            }
        });
    }
}
