package io.tidegate.identity.keys;

import io.tidegate.api.Field;
import io.tidegate.api.HttpCaller;
import io.tidegate.api.HttpCaller.Answer;
import io.tidegate.api.HttpCaller.Call;
import io.tidegate.identity.StrictJson.MalformedException;
import io.tidegate.identity.remote.IssuerMetadata;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Asks a server for keys, and its issuer where they are before that. Blocks: for virtual threads.
final class KeyFetch {

    private static final List<Field> ACCEPT = List
            .of(new Field("accept", "application/json, application/jwk-set+json"));
    private static final String PLACE = "jwks_uri";
    private static final Duration MOST_METADATA_AGE = Duration.ofHours(1);
    private static final long GUARD_SECONDS = 130;
    private static final String MAX_AGE = "max-age=";

    /// What was found.
    ///
    /// @param metadata
    ///            null where the place of the keys is configured
    /// @param maxAge
    ///            for how long the server says that the keys are good; null where it does not
    record Fetched(KeySet keys, @Nullable IssuerMetadata metadata, @Nullable Duration maxAge) {
    }

    private final HttpCaller http;
    private final List<SignatureAlgorithm> algorithms;
    private final @Nullable String issuer;
    private final @Nullable URI configured;
    private @Nullable IssuerMetadata metadata;
    private long metadataAt;

    private KeyFetch(HttpCaller http, List<SignatureAlgorithm> algorithms, @Nullable String issuer,
            @Nullable URI configured) {
        this.http = http;
        this.algorithms = algorithms;
        this.issuer = issuer;
        this.configured = configured;
    }

    /// Asks the issuer where its keys are.
    static KeyFetch discovering(String issuer, HttpCaller http, List<SignatureAlgorithm> algorithms) {
        return new KeyFetch(http, algorithms, issuer, null);
    }

    /// Asks this place for keys.
    static KeyFetch at(URI jwks, HttpCaller http, List<SignatureAlgorithm> algorithms) {
        return new KeyFetch(http, algorithms, null, jwks);
    }

    /// Fetches keys. Called by one thread at a time.
    ///
    /// @throws IOException
    ///             where there are none that can be used
    synchronized Fetched fetch(long now) throws IOException {
        URI place = configured == null ? Objects.requireNonNull(discovered(now).url(PLACE)) : configured;
        try {
            Answer answer = ask(place);
            KeySet keys = JsonWebKeys.read(answer.body(), algorithms);
            if (keys.isEmpty()) {
                throw new IOException(place + " has no key that can be used");
            }
            return new Fetched(keys, metadata, maxAge(answer));
        } catch (MalformedException e) {
            metadataAt = 0;
            throw new IOException("the answer of " + place + " " + e.getMessage(), e);
        } catch (IOException e) {
            metadataAt = 0; // they may have moved
            throw e;
        }
    }

    private IssuerMetadata discovered(long now) throws IOException {
        IssuerMetadata known = metadata;
        long age = now - metadataAt;
        if (known != null && age >= 0 && age < MOST_METADATA_AGE.toMillis()) {
            return known;
        }
        try {
            String name = Objects.requireNonNull(issuer);
            IssuerMetadata found = waitFor(IssuerMetadata.ask(http, name, PLACE), name);
            metadata = found;
            metadataAt = now;
            return found;
        } catch (IOException e) {
            if (known == null) {
                throw e;
            }
            return known;
        }
    }

    private Answer ask(URI place) throws IOException {
        Answer answer = waitFor(http.send(Call.get(place, ACCEPT)), place);
        if (answer.status() != 200) {
            throw new IOException(place + " answered " + answer.status());
        }
        return answer;
    }

    private static <T> T waitFor(CompletionStage<T> answer, Object from) throws IOException {
        try {
            return answer.toCompletableFuture().get(GUARD_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new IOException("no answer from " + from, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// `max-age` of RFC 9111 section 5.2.2.1.
    private static @Nullable Duration maxAge(Answer answer) {
        String value = answer.header("cache-control");
        if (value == null) {
            return null;
        }
        for (String part : value.toLowerCase(Locale.ROOT).split(",", 20)) {
            String directive = part.strip();
            if (directive.startsWith(MAX_AGE)) {
                String seconds = directive.substring(MAX_AGE.length());
                return seconds.matches("[0-9]{1,9}") ? Duration.ofSeconds(Long.parseLong(seconds)) : null;
            }
        }
        return null;
    }
}
