package io.tidegate.identity.exchange;

import io.tidegate.identity.remote.Digest;
import io.tidegate.identity.remote.OAuthClientConfig;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// By what policies share tokens: all that a token depends on.
final class SharedName {

    /// What ends a list.
    private static final @Nullable String NOTHING = null;

    private SharedName() {
    }

    /// The same for configurations that would get the same tokens and keep them for the same time.
    static String of(TokenExchangeConfig config) {
        Digest.Builder all = new Digest.Builder().add(config.grant().name()).add(config.url()).add(config.issuer());
        client(all, config.client());
        list(all, config.scopes());
        list(all, config.audience());
        list(all, config.resource());
        new TreeMap<>(config.parameters()).forEach((name, value) -> all.add(name).add(value));
        all.add(config.subjectTokenType()).add(config.requestedTokenType()).add(config.refreshBefore().toString())
                .add(config.cacheFor().toString()).add(config.cacheFailuresFor().toString())
                .add(config.maxCached() + "/" + config.maxWaiting()).add(config.http().toString());
        Digest digest = all.build();
        return Long.toHexString(digest.first()) + Long.toHexString(digest.second());
    }

    private static void client(Digest.Builder all, @Nullable OAuthClientConfig client) {
        if (client != null) {
            all.add(client.id()).add(client.secret()).add(client.bearer()).add(String.valueOf(client.method()));
        }
    }

    private static void list(Digest.Builder all, List<String> texts) {
        texts.forEach(all::add);
        all.add(NOTHING);
    }
}
