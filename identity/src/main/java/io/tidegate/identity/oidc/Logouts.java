package io.tidegate.identity.oidc;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Body;
import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Field;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Reply;
import io.tidegate.api.Request;
import io.tidegate.api.StateStore;
import io.tidegate.identity.oidc.ProviderException.Reason;
import io.tidegate.identity.oidc.Sessions.Found;
import io.tidegate.identity.remote.Form;
import io.tidegate.identity.remote.IssuerMetadata;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends sessions: as a user asks for it (OpenID Connect RP-Initiated Logout 1.0), and as the provider tells of it
/// (OpenID Connect Back-Channel Logout 1.0).
final class Logouts {

    /// Largest message of a provider, in bytes.
    private static final int MOST_BODY = 32 << 10;

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.policies");
    private static final Decision REFUSED = Decision.fail(AccessFaults.OIDC_LOGOUT, Answers.NOT_KEPT);

    private final OidcConfig config;
    private final Provider provider;
    private final IdTokens idTokens;
    private final Sessions sessions;
    private final Endings endings;
    private final Cookies cookies;
    private final StateStore state;
    private final InstantSource clock;
    private final Counter ended;
    private final Counter endedByProvider;
    private final Counter refused;

    Logouts(OidcConfig config, Provider provider, IdTokens idTokens, Kept kept, PolicyContext context) {
        this.config = config;
        this.provider = provider;
        this.idTokens = idTokens;
        this.sessions = kept.sessions();
        this.endings = kept.endings();
        this.cookies = kept.cookies();
        this.state = context.state();
        this.clock = context.clock();
        this.ended = context.counter("logout");
        this.endedByProvider = context.counter("logout_by_provider");
        this.refused = context.counter("logout_by_provider_refused");
    }

    /// Where sessions are kept, and where it is said that they are over.
    record Kept(Sessions sessions, Endings endings, Cookies cookies) {
    }

    /// Ends the session of a browser. Another site can't have it ended: a link to here counts for nothing.
    Decision byUser(Request request, CookieJar jar) {
        if ("cross-site".equals(request.headers().get("sec-fetch-site"))) {
            return Decision.fail(AccessFaults.DENIED, Answers.NOT_KEPT);
        }
        if (!request.method().equals("GET") && !request.method().equals("POST")) {
            return Decision.respond(Answers.done(405, List.of(new Field("allow", "GET, POST"))));
        }
        List<Field> forget = jar.forgetSession(cookies, List.of());
        return Decision.await(sessions.find(jar).thenCompose(found -> found == null
                ? CompletableFuture.completedFuture(null)
                : end(found).thenApply(_ -> found.session()))
                .thenCompose(session -> answer(session, forget)));
    }

    private CompletionStage<?> end(Found found) {
        ended.add();
        return endings.end(found.session(), clock.millis()).thenCompose(_ -> sessions.drop(found));
    }

    private CompletionStage<Decision> answer(@Nullable Session session, List<Field> forget) {
        return provider.metadata().handle((metadata, failure) -> {
            URI place = failure == null ? place(metadata) : null;
            if (place == null || session == null) {
                return Decision.respond(local(forget));
            }
            Form form = Form.EMPTY.with("id_token_hint", session.tokens().idToken()).with("client_id",
                    config.clientId());
            if (config.postLogoutRedirectUri() != null) {
                form = form.with("post_logout_redirect_uri", config.postLogoutRedirectUri());
            }
            return Decision.respond(Answers.redirect(303, form.behind(place), forget));
        });
    }

    private static @Nullable URI place(IssuerMetadata metadata) {
        return metadata.url("end_session_endpoint");
    }

    /// The session is over here, and the provider has no part in that.
    private Reply local(List<Field> forget) {
        String next = config.postLogoutRedirectUri();
        return next == null ? Answers.done(204, forget) : Answers.redirect(303, next, forget);
    }

    /// Ends the sessions that the provider tells of.
    Decision byProvider(Request request) {
        if (!request.method().equals("POST")) {
            return Decision.respond(Answers.done(405, List.of(new Field("allow", "POST"))));
        }
        String type = request.headers().get("content-type");
        if (type == null || !type.regionMatches(true, 0, Form.MEDIA_TYPE, 0, Form.MEDIA_TYPE.length())) {
            return REFUSED;
        }
        return Decision.withBody(MOST_BODY, this::byProvider);
    }

    private Decision byProvider(Body body) {
        String token = Form.only(body.text(StandardCharsets.US_ASCII), "logout_token");
        if (token == null) {
            return REFUSED;
        }
        return Decision.await(idTokens.checkLogout(token).thenCompose(this::end).handle((done, failure) -> {
            if (failure == null) {
                return done;
            }
            ProviderException known = Provider.known(failure);
            refused.add();
            // Anybody can send what is none.
            LOG.atDebug().addKeyValue("issuer", config.issuer())
                    .addKeyValue("why", String.valueOf(known.getMessage())).log("a logout token was refused");
            return known.reason() == Reason.UNAVAILABLE
                    ? Decision.fail(AccessFaults.UNAVAILABLE, Answers.UNAVAILABLE)
                    : REFUSED;
        }));
    }

    /// The claims were checked.
    private CompletionStage<Decision> end(Map<String, Object> claims) {
        String used = "logout." + Seal.digest(config.purpose("logout"), String.valueOf(claims.get("jti")));
        return state.putIfAbsent(used, new byte[]{1}, IdTokens.MOST_LOGOUT_AGE.plus(config.clockSkew()).multipliedBy(2))
                .thenCompose(before -> {
                    if (before.isPresent()) {
                        return CompletableFuture.completedFuture(REFUSED);
                    }
                    long now = clock.millis();
                    CompletionStage<?> marked = claims.get("sid") instanceof String sid
                            ? endings.endSid(sid, now)
                            : endings.endSubject(String.valueOf(claims.get("sub")), now);
                    return marked.thenApply(_ -> {
                        endedByProvider.add();
                        return Decision.respond(Answers.done(200, List.of()));
                    });
                });
    }
}
