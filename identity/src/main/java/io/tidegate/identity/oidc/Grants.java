package io.tidegate.identity.oidc;

import io.tidegate.api.PolicyContext;
import io.tidegate.identity.oidc.ProviderException.Reason;
import io.tidegate.identity.oidc.Session.Tokens;
import io.tidegate.identity.remote.Form;
import io.tidegate.identity.remote.Outage;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Exchanges codes and refresh tokens for tokens, and checks what comes (OpenID Connect Core 1.0 sections 3.1.3 and
/// 12.2).
final class Grants {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.policies");
    private static final int ID = 16;
    private static final long MOST_SECONDS = 366L * 86_400;

    private final OidcConfig config;
    private final Provider provider;
    private final IdTokens idTokens;
    private final Seal seal;
    private final InstantSource clock;
    private final Outage outage;

    Grants(OidcConfig config, Provider provider, IdTokens idTokens, Seal seal, PolicyContext context) {
        this.config = config;
        this.provider = provider;
        this.idTokens = idTokens;
        this.seal = seal;
        this.clock = context.clock();
        this.outage = new Outage(context.path(), config.issuer(), clock);
    }

    /// A session for the code that a login has led to. Fails with a [ProviderException].
    CompletionStage<Session> exchange(String code, Login login) {
        Form grant = Form.EMPTY.with("grant_type", "authorization_code").with("code", code)
                .with("redirect_uri", login.redirectUri()).with("code_verifier", login.verifier());
        return provider.token(grant).thenCompose(answer -> {
            String idToken = text(answer, "id_token");
            String access = text(answer, "access_token");
            if (idToken.isEmpty() || access.isEmpty()) {
                return wrong("the token endpoint gave no " + (idToken.isEmpty() ? "id_token" : "access_token"));
            }
            return idTokens.check(idToken, access, login.nonce())
                    .thenCompose(claims -> session(answer, idToken, claims));
        });
    }

    private CompletionStage<Session> session(Map<String, Object> answer, String idToken, Map<String, Object> claims) {
        String subject = text(claims, "sub");
        String sid = text(claims, "sid");
        CompletionStage<String> info = config.userInfo()
                ? provider.userInfo(text(answer, "access_token"), subject)
                : CompletableFuture.completedFuture("");
        return info.thenApply(userInfo -> {
            long now = clock.millis();
            return new Session(seal.random(ID), subject, Endings.shortened(sid), now, now,
                    tokens(answer, idToken, null, userInfo));
        });
    }

    /// New tokens for a session. Never fails.
    CompletionStage<Renewal> renew(Session session) {
        Tokens old = session.tokens();
        Form grant = Form.EMPTY.with("grant_type", "refresh_token").with("refresh_token", old.refresh());
        return provider.token(grant).thenCompose(answer -> {
            String access = text(answer, "access_token");
            String idToken = text(answer, "id_token");
            if (access.isEmpty()) {
                return Grants.<Renewal>wrong("the token endpoint gave no access_token");
            }
            if (idToken.isEmpty()) {
                return CompletableFuture.completedFuture(renewed(tokens(answer, old.idToken(), old, old.userInfo())));
            }
            return idTokens.check(idToken, access, null).thenCompose(claims -> session.subject()
                    .equals(claims.get("sub"))
                            ? CompletableFuture.completedFuture(renewed(tokens(answer, idToken, old, old.userInfo())))
                            : Grants.<Renewal>wrong("the new ID token is somebody else's"));
        }).exceptionally(this::failed);
    }

    private static Renewal renewed(Tokens tokens) {
        return new Renewal.Renewed(tokens);
    }

    private Renewal failed(Throwable failure) {
        ProviderException known = Provider.known(failure);
        if (known.reason() == Reason.UNAVAILABLE) {
            outage.found(known);
            return Renewal.Failed.UNAVAILABLE;
        }
        if (known.reason() == Reason.WRONG) {
            LOG.atWarn().addKeyValue("issuer", config.issuer()).addKeyValue("why", String.valueOf(known.getMessage()))
                    .log("a session was not renewed");
        }
        // What can't be trusted is not tried again: the refresh token may have been used.
        return Renewal.Failed.REFUSED;
    }

    private Tokens tokens(Map<String, Object> answer, String idToken, @Nullable Tokens old, String userInfo) {
        String refresh = text(answer, "refresh_token");
        String scope = text(answer, "scope");
        return new Tokens(idToken, config.forwardAccessToken() ? text(answer, "access_token") : "", end(answer),
                refresh.isEmpty() && old != null ? old.refresh() : refresh,
                scope.isEmpty() && old != null ? old.scope() : scope, userInfo);
    }

    /// When the access token ends; 0 where the provider does not say.
    private long end(Map<String, Object> answer) {
        Object value = answer.get("expires_in");
        long seconds = switch (value) {
            case Number number -> number.longValue();
            case String text when text.matches("[0-9]{1,9}") -> Long.parseLong(text);
            case null, default -> 0;
        };
        return seconds <= 0 ? 0 : clock.millis() + 1000 * Math.min(seconds, MOST_SECONDS);
    }

    private static String text(Map<String, Object> members, String name) {
        return members.get(name) instanceof String text ? text : "";
    }

    private static <T> CompletionStage<T> wrong(String message) {
        return CompletableFuture
                .failedFuture(new CompletionException(new ProviderException(Reason.WRONG, message)));
    }
}
