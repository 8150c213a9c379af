package io.tidegate.identity.introspection;

import io.tidegate.identity.remote.Digest;
import io.tidegate.identity.remote.JsonWriter;
import io.tidegate.identity.remote.OAuthClientConfig;
import java.util.TreeMap;

/// By what policies share what they have been told: all that an answer depends on.
final class SharedName {

    private SharedName() {
    }

    /// The same for configurations that would be told the same and read it in the same way.
    static String of(IntrospectionConfig config) {
        OAuthClientConfig client = config.client();
        Digest.Builder all = new Digest.Builder().add(config.url()).add(config.issuer())
                .add(client == null ? null : client.id()).add(client == null ? null : client.secret())
                .add(client == null ? null : client.bearer()).add(String.valueOf(client == null ? "" : client.method()))
                .add(String.valueOf(config.signed())).add(JsonWriter.write(config.audience()))
                .add(JsonWriter.write(new TreeMap<>(config.requiredClaims()))).add(config.consumer())
                .add(config.groups()).add(config.cacheFor().toString()).add(config.cacheFailuresFor().toString())
                .add(config.http().toString()).add(config.maxCached() + "/" + config.maxWaiting());
        Digest digest = all.build();
        return Long.toHexString(digest.first()) + Long.toHexString(digest.second());
    }
}
