package io.tidegate.identity.oidc;

import io.tidegate.api.Counter;
import io.tidegate.api.PolicyContext;
import io.tidegate.identity.oidc.Session.Tokens;
import io.tidegate.identity.oidc.Sessions.Found;
import io.tidegate.identity.oidc.Standing.Kind;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Finds the session of a request, and sees whether it still is one: by its age, by what was ended, by the provider
/// where its tokens are due.
final class Standings {

    /// How many times within `idleTimeout` it is written down that a session is used.
    private static final int TOUCHES = 10;

    private final Sessions sessions;
    private final Endings endings;
    private final Refreshes refreshes;
    private final InstantSource clock;
    private final long lifetime;
    private final long idle;
    private final long refreshBefore;
    private final long skew;
    private final boolean forwards;
    private final Counter renewed;
    private final Counter notRenewed;

    Standings(OidcConfig config, Sessions sessions, Endings endings, Refreshes refreshes, PolicyContext context) {
        this.sessions = sessions;
        this.endings = endings;
        this.refreshes = refreshes;
        this.clock = context.clock();
        this.lifetime = config.lifetime().toMillis();
        this.idle = config.idleTimeout().toMillis();
        this.refreshBefore = config.refreshBefore().toMillis();
        this.skew = config.clockSkew().toMillis();
        this.forwards = config.forwardAccessToken();
        this.renewed = context.counter("renewed");
        this.notRenewed = context.counter("renewal_failed");
    }

    /// What the browser's session comes to.
    CompletionStage<Standing> of(CookieJar jar) {
        return sessions.find(jar).thenCompose(found -> found == null
                ? CompletableFuture.completedFuture(Standing.without(Kind.ABSENT))
                : of(found, jar));
    }

    private CompletionStage<Standing> of(Found found, CookieJar jar) {
        Session session = found.session();
        long now = clock.millis();
        boolean early = session.begun() > now + skew || session.seen() > now + skew;
        if (early || now - session.begun() >= lifetime || now - session.seen() >= idle) {
            return over(found);
        }
        return endings.has(session).thenCompose(ended -> ended ? over(found) : current(found, jar, now));
    }

    private CompletionStage<Standing> over(Found found) {
        return sessions.drop(found).handle((_, _) -> Standing.without(Kind.OVER));
    }

    private CompletionStage<Standing> current(Found found, CookieJar jar, long now) {
        Session session = found.session();
        Tokens tokens = session.tokens();
        boolean due = tokens.accessEnd() > 0 && now >= tokens.accessEnd() - refreshBefore;
        if ((due || isLacking(tokens)) && !tokens.refresh().isEmpty()) {
            return refreshes.of(session).thenCompose(renewal -> renewed(found, renewal, jar, now));
        }
        if (isLacking(tokens) || (forwards && tokens.accessEnd() > 0 && now >= tokens.accessEnd())) {
            return over(found);
        }
        if (now - session.seen() < idle / TOUCHES) {
            return CompletableFuture.completedFuture(good(session));
        }
        return kept(found, session.seenAt(now), jar);
    }

    /// Whether the service is to get an access token that the session does not have: it was begun, or its tokens were
    /// got, by a policy whose service gets none.
    private boolean isLacking(Tokens tokens) {
        return forwards && tokens.access().isEmpty();
    }

    private CompletionStage<Standing> renewed(Found found, Renewal renewal, CookieJar jar, long now) {
        Session session = found.session();
        return switch (renewal) {
            case Renewal.Renewed(Tokens tokens) when isLacking(tokens) ->
                // That of the browser, or of the store, is another one in a moment.
                CompletableFuture.completedFuture(Standing.without(Kind.UNKNOWN));
            case Renewal.Renewed(Tokens tokens) -> {
                renewed.add();
                yield kept(found, session.with(tokens, now), jar);
            }
            case Renewal.Failed.REFUSED -> {
                notRenewed.add();
                yield over(found);
            }
            case Renewal.Failed.UNAVAILABLE -> {
                notRenewed.add();
                yield CompletableFuture
                        .completedFuture(now < session.tokens().accessEnd() && !isLacking(session.tokens())
                                ? good(session)
                                : Standing.without(Kind.UNKNOWN));
            }
        };
    }

    private CompletionStage<Standing> kept(Found found, Session session, CookieJar jar) {
        return sessions.keep(found, session, jar).thenApply(fields -> new Standing(Kind.GOOD, session, fields));
    }

    private static Standing good(Session session) {
        return new Standing(Kind.GOOD, session, List.of());
    }
}
