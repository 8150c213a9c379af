package io.tidegate.identity.remote;

import io.tidegate.api.HttpCaller;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.identity.Digest;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// An authorization server, of which an endpoint is declared or told by its metadata (RFC 8414, OpenID Connect
/// Discovery). Metadata is asked for when it is needed first, and again after an hour; where that fails, what was told
/// before stays good.
public final class OAuthServer {

    private static final Duration LIFE = Duration.ofHours(1);
    private static final Digest KEY = Digest.of("metadata");

    private final HttpCaller http;
    private final String member;
    private final @Nullable URI declared;
    private final @Nullable String issuer;
    private final @Nullable CompletionStage<URI> ready;
    private final Answers<URI> told;
    private volatile @Nullable URI last;

    /// Where a server is.
    ///
    /// @param url
    ///            its endpoint; null where its metadata is to tell
    /// @param issuer
    ///            by what it is known; null where it is not
    /// @param member
    ///            what its metadata calls the endpoint
    public record Place(@Nullable String url, @Nullable String issuer, String member) {
    }

    /// The server at this place.
    ///
    /// @param mostWaiting
    ///            most that wait for metadata
    public OAuthServer(Place place, HttpCaller http, HttpClientConfig settings, int mostWaiting, InstantSource clock) {
        this.http = http;
        this.member = place.member();
        this.issuer = place.issuer();
        String url = place.url();
        this.declared = url == null ? null : ServerUrl.of("url", url);
        this.ready = declared == null ? null : CompletableFuture.completedFuture(declared);
        this.told = new Answers<>(1, mostWaiting, settings.timeout(), clock);
    }

    /// The endpoint.
    public CompletionStage<URI> endpoint() {
        CompletionStage<URI> known = ready;
        if (known != null) {
            return known;
        }
        URI url = told.known(KEY);
        return url == null ? told.ask(KEY, this::metadata) : CompletableFuture.completedFuture(url);
    }

    private CompletionStage<Answers.Answer<URI>> metadata() {
        return IssuerMetadata.ask(http, String.valueOf(issuer), member).handle((metadata, error) -> {
            URI before = last;
            if (error == null) {
                URI url = Objects.requireNonNull(metadata.url(member));
                last = url;
                return new Answers.Answer<>(url, LIFE);
            }
            if (before != null) {
                return new Answers.Answer<>(before, Duration.ofMinutes(1));
            }
            throw new UnusableAnswerException("no metadata of " + issuer + ": " + Outage.cause(error).getMessage());
        });
    }
}
