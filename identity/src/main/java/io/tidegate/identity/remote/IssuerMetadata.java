package io.tidegate.identity.remote;

import io.tidegate.api.Field;
import io.tidegate.api.HttpCaller;
import io.tidegate.api.HttpCaller.Call;
import io.tidegate.identity.StrictJson;
import io.tidegate.identity.StrictJson.MalformedException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// What an issuer says of itself (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2).
///
/// @param issuer
///            its name, the same as the configured one
/// @param members
///            all that it says
public record IssuerMetadata(String issuer, Map<String, Object> members) {

    private static final List<Field> ACCEPT = List.of(new Field("accept", "application/json"));

    /// Asks an issuer at the place of OpenID Connect Discovery section 4, and where its answer is of no use at the one
    /// of RFC 8414 section 3. One that does not answer is not asked twice.
    ///
    /// @param issuer
    ///            its name, which [ServerUrl] takes
    /// @param place
    ///            what it has to tell the place of, such as its `token_endpoint`
    /// @return fails with an [IOException] where nothing can be used, which says what was wrong the first time
    public static CompletionStage<IssuerMetadata> ask(HttpCaller http, String issuer, String place) {
        List<URI> urls = urls(issuer);
        return ask(http, urls.getFirst(), issuer, place)
                .exceptionallyCompose(first -> Outage.cause(first) instanceof UnusableMetadataException
                        ? ask(http, urls.getLast(), issuer, place)
                                .exceptionallyCompose(_ -> CompletableFuture.failedFuture(first))
                        : CompletableFuture.failedFuture(first));
    }

    private static List<URI> urls(String issuer) {
        String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
        int path = base.indexOf('/', base.indexOf("://") + 3);
        String host = path < 0 ? base : base.substring(0, path);
        String rest = path < 0 ? "" : base.substring(path);
        return List.of(URI.create(base + "/.well-known/openid-configuration"),
                URI.create(host + "/.well-known/oauth-authorization-server" + rest));
    }

    private static CompletionStage<IssuerMetadata> ask(HttpCaller http, URI url, String issuer, String place) {
        return http.send(Call.get(url, ACCEPT)).thenCompose(answer -> {
            if (answer.status() != 200) {
                return CompletableFuture
                        .failedFuture(new UnusableMetadataException(url + " answered " + answer.status(), null));
            }
            try {
                return CompletableFuture.completedFuture(read(answer.body(), issuer, place));
            } catch (MalformedException e) {
                return CompletableFuture.failedFuture(
                        new UnusableMetadataException("the answer of " + url + " " + e.getMessage(), e));
            }
        });
    }

    /// There was an answer, of no use.
    private static final class UnusableMetadataException extends IOException {

        private static final long serialVersionUID = 1L;

        UnusableMetadataException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private static IssuerMetadata read(byte[] json, String issuer, String place) throws MalformedException {
        IssuerMetadata read = new IssuerMetadata(issuer, StrictJson.object(json));
        // Whoever can answer for one issuer must not speak for another (RFC 8414 section 3.3).
        if (!issuer.equals(read.members.get("issuer"))) {
            throw new MalformedException("must be of the issuer that is configured");
        }
        if (read.url(place) == null) {
            throw new MalformedException("must have a '" + place + "' that is a URL, with https where the issuer's is");
        }
        return read;
    }

    /// A URL that it tells of, such as its `token_endpoint`; null where it has none. One without TLS counts for none
    /// where the issuer itself has TLS.
    public @Nullable URI url(String name) {
        return ServerUrl.told(members.get(name), URI.create(issuer));
    }

    /// The texts of a list that it tells of, such as `scopes_supported`; empty where it has none.
    public List<String> texts(String name) {
        return members.get(name) instanceof List<?> list
                ? list.stream().filter(String.class::isInstance).map(String.class::cast).toList()
                : List.of();
    }
}
