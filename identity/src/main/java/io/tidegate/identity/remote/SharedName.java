package io.tidegate.identity.remote;

import io.tidegate.identity.Digest;
import io.tidegate.identity.JsonWriter;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// By what policies share what they have been told.
public final class SharedName {

    private SharedName() {
    }

    /// The same for the same list. Tells nothing of what is in it.
    ///
    /// @param all
    ///            all that an answer, and for how long it is kept, depends on: what [JsonWriter] writes, and clients
    public static String of(@Nullable Object... all) {
        List<@Nullable Object> parts = Arrays.asList(all);
        parts.replaceAll(part -> part instanceof OAuthClientConfig client
                ? Arrays.asList(client.id(), client.secret(), client.bearer(), client.method())
                : part);
        Digest digest = new Digest.Builder().add(JsonWriter.write(parts)).build();
        return Long.toHexString(digest.first()) + Long.toHexString(digest.second());
    }
}
