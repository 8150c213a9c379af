package io.tidegate.identity.oidc;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Consumers;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.api.Key;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Principal;
import io.tidegate.api.Request;
import io.tidegate.api.Response;
import io.tidegate.api.StateStore;
import io.tidegate.identity.Challenge;
import io.tidegate.identity.keys.IssuerKeys;
import io.tidegate.identity.keys.KeyRefreshConfig;
import io.tidegate.identity.keys.KeySettings;
import io.tidegate.identity.token.TokenRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Lets requests pass that belong to somebody's session, and sends browsers without one to the provider.
final class OidcPolicy implements Policy {

    private static final Key<List<Field>> COOKIES = Key.of("oidc");

    /// Logins and messages of the provider that are signed with a new key wait until it is there.
    private static final Duration KEYS_EVERY = Duration.ofMinutes(5);
    private static final Duration UNKNOWN_KEY_EVERY = Duration.ofSeconds(1);
    private static final Duration KEYS_STALE_FOR = Duration.ofHours(24);
    private static final Duration KEYS_WAIT = Duration.ofSeconds(2);

    private final OidcConfig config;
    private final IssuerKeys keys;
    private final Cookies cookies;
    private final Logins logins;
    private final Logouts logouts;
    private final Standings standings;
    private final Users users;
    private final Consumers consumers;
    private final String callbackPath;
    private final List<Field> challenge;

    OidcPolicy(OidcConfig config, PolicyContext context) {
        this.config = config;
        this.cookies = new Cookies(config.cookie());
        this.callbackPath = config.callbackPath();
        this.consumers = context.consumers();
        this.users = new Users(config);
        this.challenge = new ArrayList<>(Challenge.of("Cookie").realm(config.realm()).field());
        challenge.addAll(Answers.NOT_KEPT);
        this.keys = IssuerKeys.discovered(config.issuer(),
                new KeySettings(TokenRules.PUBLIC,
                        new KeyRefreshConfig(KEYS_EVERY, UNKNOWN_KEY_EVERY, KEYS_STALE_FOR, KEYS_WAIT),
                        config.http()),
                context);
        Seal seal = new Seal(config.secrets());
        StateStore state = context.state();
        boolean inCookies = config.session() == OidcConfig.Keeping.COOKIE;
        Sessions sessions = inCookies
                ? new CookieSessions(seal, cookies, config, context.clock())
                : new StoredSessions(state, seal, cookies, config);
        Endings endings = new Endings(state, config, inCookies);
        Provider provider = new Provider(config, keys, context);
        IdTokens idTokens = new IdTokens(config, keys, context);
        Grants grants = new Grants(config, provider, idTokens, seal, context);
        // A second beside what the provider and its keys may take.
        Duration patience = config.http().timeout().plus(IdTokens.MOST_WAIT).plusSeconds(1);
        Refreshes refreshes = new Refreshes(state, context.background(), seal, config.purpose("refresh"),
                new BackOff(grants::renew, context.clock()), patience);
        this.logins = new Logins(config, provider, grants, sessions, new Logins.Writing(cookies, seal), context);
        this.logouts = new Logouts(config, provider, idTokens, new Logouts.Kept(sessions, endings, cookies), context);
        this.standings = new Standings(config, sessions, endings, refreshes, context);
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        Request request = exchange.request();
        String path = request.path();
        if (path.equals(config.backChannelLogoutPath())) {
            return logouts.byProvider(request);
        }
        CookieJar jar = new CookieJar(request, cookies.session());
        if (path.equals(callbackPath)) {
            return request.method().equals("GET")
                    ? logins.complete(request, jar)
                    : Decision.respond(Answers.done(405, List.of(new Field("allow", "GET"))));
        }
        if (path.equals(config.logoutPath())) {
            return logouts.byUser(request, jar);
        }
        if (path.equals(config.loginPath())) {
            return isNavigation(request)
                    ? logins.begin(request, "/", jar, List.of())
                    : Decision.fail(AccessFaults.MISSING, challenge);
        }
        if (!jar.hasSession()) {
            return without(exchange, jar, AccessFaults.MISSING);
        }
        return Decision.await(
                standings.of(jar).thenApply(standing -> Decision.resume(() -> stands(exchange, jar, standing))));
    }

    private Decision stands(Exchange exchange, CookieJar jar, Standing standing) {
        switch (standing.kind()) {
            case ABSENT -> {
                return without(exchange, jar, AccessFaults.MISSING);
            }
            case OVER -> {
                return without(exchange, jar, AccessFaults.EXPIRED);
            }
            case UNKNOWN -> {
                return Decision.fail(AccessFaults.UNAVAILABLE, Answers.UNAVAILABLE);
            }
            case GOOD -> {
                return pass(exchange, jar, standing);
            }
        }
        throw new IllegalStateException("no other kind");
    }

    private Decision pass(Exchange exchange, CookieJar jar, Standing standing) {
        Session session = Objects.requireNonNull(standing.session());
        Users.User user = users.of(session);
        if (user == null) {
            return without(exchange, jar, AccessFaults.EXPIRED);
        }
        Principal caller = user.caller().among(consumers, config.unknownConsumer());
        if (caller == null) {
            List<Field> fields = new ArrayList<>(Answers.NOT_KEPT);
            fields.addAll(standing.fields());
            return Decision.fail(AccessFaults.UNKNOWN_CONSUMER, fields);
        }
        users.tell(exchange.request(), user, session);
        exchange.identify(caller);
        exchange.put(COOKIES, standing.fields());
        return Decision.next();
    }

    private Decision without(Exchange exchange, CookieJar jar, Fault fault) {
        List<Field> forget = jar.forgetSession(cookies, List.of());
        if (config.optional()) {
            exchange.put(COOKIES, forget);
            return Decision.next();
        }
        Request request = exchange.request();
        if (isNavigation(request)) {
            return logins.begin(request, Targets.of(request), jar, forget);
        }
        List<Field> fields = new ArrayList<>(challenge);
        fields.addAll(forget);
        return Decision.fail(fault, fields);
    }

    /// Whether a browser is on its way to a page: what a script asks for, or a picture, can't be sent to a login.
    static boolean isNavigation(Request request) {
        if (!request.method().equals("GET") || request.headers().contains("x-requested-with")) {
            return false;
        }
        String accept = request.headers().get("accept");
        String mode = request.headers().get("sec-fetch-mode");
        String purpose = request.headers().get("sec-purpose");
        return accept != null && accept.contains("text/html") && (mode == null || mode.equals("navigate"))
                && (purpose == null || !purpose.contains("prefetch"));
    }

    @Override
    public Decision onResponse(Exchange exchange) {
        List<Field> fields = exchange.get(COOKIES);
        if (fields != null && !fields.isEmpty()) {
            Response response = exchange.response();
            fields.forEach(field -> response.headers().add(field.name(), field.value()));
            // A cache must not give one browser's session to another.
            response.headers().set("cache-control", "no-store");
        }
        return Decision.next();
    }

    @Override
    public void close() {
        keys.close();
    }
}
