package io.tidegate.identity.oidc;

import io.tidegate.api.Field;
import io.tidegate.api.HttpCaller;
import io.tidegate.api.HttpCaller.Answer;
import io.tidegate.api.HttpCaller.Call;
import io.tidegate.api.PolicyContext;
import io.tidegate.identity.StrictJson;
import io.tidegate.identity.StrictJson.MalformedException;
import io.tidegate.identity.keys.IssuerKeys;
import io.tidegate.identity.oidc.ProviderException.Reason;
import io.tidegate.identity.remote.Form;
import io.tidegate.identity.remote.IssuerMetadata;
import io.tidegate.identity.remote.OAuthClient;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The OpenID provider, as the gateway calls it. Stages that fail do so with a [ProviderException].
final class Provider {

    private static final Field ACCEPT = new Field("accept", "application/json");

    private final IssuerKeys keys;
    private final HttpCaller http;
    private final OAuthClient client;

    /// @param keys
    ///            those of the provider, found by discovery
    Provider(OidcConfig config, IssuerKeys keys, PolicyContext context) {
        this.keys = keys;
        this.http = context.http(config.http());
        this.client = new OAuthClient(config.client(), ACCEPT.value());
    }

    /// What the provider says of itself.
    CompletionStage<IssuerMetadata> metadata() {
        IssuerMetadata known = keys.metadata();
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        return keys.arrived().thenApply(_ -> {
            IssuerMetadata metadata = keys.metadata();
            if (metadata == null) {
                throw new CompletionException(unavailable("what the provider says of itself is not known yet"));
            }
            return metadata;
        });
    }

    /// One of the provider's places.
    ///
    /// @throws ProviderException
    ///             where it does not tell of it
    static URI place(IssuerMetadata metadata, String name) throws ProviderException {
        URI place = metadata.url(name);
        if (place == null) {
            throw new ProviderException(Reason.WRONG, "the provider has no " + name + " that can be used");
        }
        return place;
    }

    /// Asks the token endpoint (RFC 6749 section 3.2), once: what it is shown may be good once.
    ///
    /// @return what it answered
    CompletionStage<Map<String, Object>> token(Form grant) {
        return metadata().thenCompose(metadata -> {
            try {
                return http.send(client.call(place(metadata, "token_endpoint"), grant).once());
            } catch (ProviderException e) {
                return CompletableFuture.failedFuture(e);
            }
        }).handle((answer, failure) -> {
            if (failure != null) {
                throw new CompletionException(known(failure));
            }
            return granted(answer);
        });
    }

    private static Map<String, Object> granted(Answer answer) {
        Map<String, Object> members = json(answer);
        if (answer.status() == 200 && members != null) {
            if (!(members.get("token_type") instanceof String type) || !type.equalsIgnoreCase("Bearer")) {
                throw wrong("the token endpoint gave a token of another type than Bearer");
            }
            return members;
        }
        Object error = members == null ? null : members.get("error");
        // What is no answer of a token endpoint (RFC 6749 section 5.2) comes from something in front of it.
        boolean foreign = answer.status() != 200 && !(error instanceof String);
        // That the provider does not know the gateway is no fault of the user's.
        boolean unknown = "invalid_client".equals(error);
        if (foreign || unknown || answer.status() >= 500 || answer.status() == 429) {
            throw new CompletionException(
                    unavailable("the token endpoint answered " + answer.status() + shown(error)));
        }
        if ("invalid_grant".equals(error)) {
            throw new CompletionException(
                    new ProviderException(Reason.GRANT_REFUSED, "the token endpoint refused: invalid_grant"));
        }
        throw wrong("the token endpoint answered " + answer.status() + shown(error));
    }

    /// Asks the UserInfo endpoint (OpenID Connect Core 1.0 section 5.3).
    ///
    /// @param subject
    ///            of whom it must tell
    /// @return what it answered, as JSON
    CompletionStage<String> userInfo(String accessToken, String subject) {
        return metadata().thenCompose(metadata -> {
            try {
                return http.send(Call.get(place(metadata, "userinfo_endpoint"),
                        List.of(ACCEPT, new Field("authorization", "Bearer " + accessToken))));
            } catch (ProviderException | IllegalArgumentException e) {
                return CompletableFuture.failedFuture(e);
            }
        }).handle((answer, failure) -> {
            if (failure != null) {
                throw new CompletionException(known(failure));
            }
            Map<String, Object> members = json(answer);
            if (answer.status() != 200 || members == null) {
                throw wrong("the UserInfo endpoint answered " + answer.status());
            }
            if (!subject.equals(members.get("sub"))) {
                throw wrong("the UserInfo endpoint told of somebody else");
            }
            return new String(answer.body(), StandardCharsets.UTF_8);
        });
    }

    private static @Nullable Map<String, Object> json(Answer answer) {
        try {
            return StrictJson.object(answer.body());
        } catch (MalformedException e) {
            return null;
        }
    }

    /// An error code as it can stand in a log (RFC 6749 section 5.2).
    static String shown(@Nullable Object error) {
        return error instanceof String code && code.matches("[ !#-\\[\\]-~]{1,100}") ? ": " + code : "";
    }

    private static CompletionException wrong(String message) {
        return new CompletionException(new ProviderException(Reason.WRONG, message));
    }

    private static ProviderException unavailable(String message) {
        return new ProviderException(Reason.UNAVAILABLE, message);
    }

    /// Why a stage failed.
    static ProviderException known(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof ProviderException known ? known : unavailable(String.valueOf(cause.getMessage()));
    }
}
