package io.tidegate.identity.keys;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Counter;
import io.tidegate.api.HttpCaller;
import io.tidegate.api.PolicyContext;
import io.tidegate.identity.remote.IssuerMetadata;
import io.tidegate.identity.remote.ServerUrl;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The keys of one issuer, as one policy uses them. Safe for many threads; to be closed with the policy.
///
/// Keys that are fetched outlive reloads: policies that ask the same place with the same settings share them. Their age
/// is shown in the gauge `keys_age_seconds`, and fetches that failed are counted as `keys_failed`.
public final class IssuerKeys implements AutoCloseable {

    private static final Counter NOTHING = () -> {};

    private final KeySet given;
    private final @Nullable RemoteKeys remote;
    private final Counter failed;
    private final Duration missingEvery;

    private IssuerKeys(KeySet given, @Nullable RemoteKeys remote, Counter failed, Duration missingEvery) {
        this.given = given;
        this.remote = remote;
        this.failed = failed;
        this.missingEvery = missingEvery;
    }

    /// Keys that never change.
    public static IssuerKeys given(KeySet keys) {
        return new IssuerKeys(keys, null, NOTHING, Duration.ZERO);
    }

    /// Keys at the place of which the issuer itself tells (OpenID Connect Discovery, RFC 8414).
    ///
    /// @param issuer
    ///            its name, a URL; what it tells of itself must have the same
    /// @throws ConfigException
    ///             where it is none that can be called
    public static IssuerKeys discovered(String issuer, KeySettings settings, PolicyContext context) {
        URI url = ServerUrl.read(issuer);
        if (url == null || url.getQuery() != null) {
            throw new ConfigException("issuer",
                    "must be a URL with http or https that keys can be asked from (was '" + issuer + "')");
        }
        HttpCaller http = context.http(settings.http());
        return of(issuer, KeyFetch.discovering(issuer, http, settings.algorithms()), settings, context);
    }

    /// Keys at this place.
    ///
    /// @param jwks
    ///            `http` or `https`, with a host
    public static IssuerKeys at(URI jwks, KeySettings settings, PolicyContext context) {
        HttpCaller http = context.http(settings.http());
        return of("jwks " + jwks, KeyFetch.at(jwks, http, settings.algorithms()), settings, context);
    }

    private static IssuerKeys of(String place, KeyFetch fetch, KeySettings settings, PolicyContext context) {
        RemoteKeys remote = context.shared("keys/" + place + "/" + settings,
                () -> new RemoteKeys(place, fetch, settings.refresh(), context.background(), context.clock()).start());
        Counter failed = context.counter("keys_failed");
        remote.count(failed);
        context.gauge("keys_age_seconds", remote::age);
        return new IssuerKeys(KeySet.EMPTY, remote, failed, remote.unknownKeyEvery());
    }

    /// The same keys for tokens that anybody can send: one that names a key that is not known leads to a fetch no more
    /// often than this. Closed with these.
    public IssuerKeys forStrangers(Duration unknownKeyEvery) {
        return new IssuerKeys(given, remote, failed, unknownKeyEvery);
    }

    /// The keys as they are known now; null where none are, or only ones that are too old. Never blocks.
    public @Nullable KeySet current() {
        return remote == null ? given : remote.current();
    }

    /// Whether the first keys are still being fetched: [#arrived] is worth waiting for then.
    public boolean areComing() {
        return remote != null && !remote.first().isDone();
    }

    /// Completes when the first keys are there, or can't be got, or it takes too long: [#current] tells. Completes on
    /// any thread.
    public CompletionStage<?> arrived() {
        RemoteKeys keys = remote;
        return keys == null
                ? CompletableFuture.completedFuture(true)
                : keys.first().copy().completeOnTimeout(false, keys.mostWait().toMillis(), TimeUnit.MILLISECONDS);
    }

    /// A token names a key that is not among the current ones. They are asked for again in the background, where that
    /// is not too soon.
    public void missing() {
        if (remote != null) {
            remote.missing(missingEvery);
        }
    }

    /// What the issuer says of itself; null where it is not known yet, or keys were not found by discovery.
    public @Nullable IssuerMetadata metadata() {
        return remote == null ? null : remote.metadata();
    }

    /// Stops counting. The keys go on for whoever else uses them.
    @Override
    public void close() {
        if (remote != null) {
            remote.countNoMore(failed);
        }
    }
}
