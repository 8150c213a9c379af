package io.tidegate.identity.oidc;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Request;
import io.tidegate.api.StateStore;
import io.tidegate.identity.RequestCookies.Cookie;
import io.tidegate.identity.oidc.ProviderException.Reason;
import io.tidegate.identity.remote.Form;
import io.tidegate.identity.remote.IssuerMetadata;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Sends browsers to the provider, and takes them back (OpenID Connect Core 1.0 section 3.1, RFC 7636, RFC 9207).
///
/// What has to be known when a browser comes back is in a cookie of its own for each login, sealed, so that several
/// tabs can log in at a time, and a browser that did not begin a login can't end it. A state is good for one return.
final class Logins {

    /// Most logins of a browser at a time; those that began before are forgotten.
    static final int MOST = 4;

    /// Most cookies of logins that are opened for one request, which is work of the event loop; a browser has [#MOST].
    /// Those beyond are forgotten unread.
    static final int MOST_OPENED = 2 * MOST;

    /// Most characters of where a browser wanted to go.
    static final int MOST_TARGET = 700;

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.policies");
    private static final int RANDOM = 32;

    /// Error of a provider that it may not have in a moment (RFC 6749 section 4.1.2.1).
    private static final List<String> PASSING = List.of("server_error", "temporarily_unavailable");

    private final OidcConfig config;
    private final Provider provider;
    private final Grants grants;
    private final Sessions sessions;
    private final Cookies cookies;
    private final Seal seal;
    private final StateStore state;
    private final InstantSource clock;
    private final String purpose;
    private final Counter begun;
    private final Counter completed;
    private final Counter failed;

    Logins(OidcConfig config, Provider provider, Grants grants, Sessions sessions, Writing writing,
            PolicyContext context) {
        this.config = config;
        this.provider = provider;
        this.grants = grants;
        this.sessions = sessions;
        this.cookies = writing.cookies();
        this.seal = writing.seal();
        this.state = context.state();
        this.clock = context.clock();
        this.purpose = config.purpose("login");
        this.begun = context.counter("login_begun");
        this.completed = context.counter("login_completed");
        this.failed = context.counter("login_failed");
    }

    /// What cookies are written with.
    record Writing(Cookies cookies, Seal seal) {
    }

    /// What a provider answers through the browser.
    ///
    /// @param state
    ///            null where it is not there once
    private record Return(@Nullable String state, @Nullable String code, @Nullable String issuer, boolean hasIssuer,
            @Nullable String error, boolean hasError) {

        static Return of(Request request) {
            List<String> issuers = request.queryParameter("iss");
            List<String> errors = request.queryParameter("error");
            return new Return(only(request.queryParameter("state")), only(request.queryParameter("code")),
                    only(issuers), !issuers.isEmpty(), only(errors), !errors.isEmpty());
        }

        private static @Nullable String only(List<String> values) {
            return values.size() == 1 ? values.getFirst() : null;
        }
    }

    /// Sends a browser to the provider.
    ///
    /// @param target
    ///            where it is to come to in the end; a path with its query
    /// @param forget
    ///            what makes it forget the session that it had
    Decision begin(Request request, String target, CookieJar jar, List<Field> forget) {
        String redirectUri = redirectUri(request);
        if (redirectUri == null) {
            return Decision.fail(AccessFaults.MISSING, forget);
        }
        Login login = new Login(seal.random(RANDOM), seal.random(RANDOM), seal.random(RANDOM), target, redirectUri,
                clock.millis());
        List<Field> fields = new ArrayList<>(forget);
        fields.addAll(forgetOld(jar));
        return Decision.await(provider.metadata().handle((metadata, failure) -> {
            if (failure != null) {
                return unavailable();
            }
            URI place = metadata.url("authorization_endpoint");
            if (place == null) {
                return failed(AccessFaults.OIDC_PROVIDER, "the provider has no authorization_endpoint", List.of());
            }
            begun.add();
            fields.add(cookies.write(cookies.login(login.state()), seal.sealText(login.bytes(), purpose),
                    config.loginTimeout()));
            return Decision.respond(Answers.redirect(302, question(place, login), fields));
        }));
    }

    private @Nullable String redirectUri(Request request) {
        String configured = config.redirectUri();
        if (!configured.startsWith("/")) {
            return configured;
        }
        return request.authority().isEmpty() ? null : request.scheme() + "://" + request.authority() + configured;
    }

    private String question(URI place, Login login) {
        return Form.EMPTY.with("response_type", "code").with("client_id", config.clientId())
                .with("redirect_uri", login.redirectUri()).with("scope", scope()).with("state", login.state())
                .with("nonce", login.nonce()).with("code_challenge", Seal.digest(login.verifier()))
                .with("code_challenge_method", "S256").with(config.authorizationParameters()).behind(place);
    }

    private String scope() {
        List<String> scopes = new ArrayList<>(config.scopes());
        scopes.remove("openid");
        scopes.addFirst("openid");
        return String.join(" ", scopes);
    }

    /// Leaves room for one more login.
    private List<Field> forgetOld(CookieJar jar) {
        record Known(String name, long begun) {
        }
        List<Known> logins = new ArrayList<>();
        List<Field> fields = new ArrayList<>();
        int opened = 0;
        for (Cookie cookie : jar.startingWith(cookies.session() + Cookies.LOGIN)) {
            String value = cookie.value();
            Login login = value != null && opened++ < MOST_OPENED ? read(value) : null;
            if (login != null && cookie.name().equals(cookies.login(login.state())) && !isOver(login)) {
                logins.add(new Known(cookie.name(), login.begun()));
            } else if (cookies.isLoginName(cookie.name())) {
                fields.add(cookies.forget(cookie.name()));
            }
        }
        logins.sort(Comparator.comparingLong(Known::begun).reversed());
        logins.stream().skip(MOST - 1).forEach(old -> fields.add(cookies.forget(old.name())));
        return fields;
    }

    private @Nullable Login read(String value) {
        byte[] opened = seal.openText(value, purpose);
        return opened == null ? null : Login.read(opened);
    }

    private boolean isOver(Login login) {
        long age = clock.millis() - login.begun();
        return age < -config.clockSkew().toMillis() || age > config.loginTimeout().toMillis();
    }

    /// A browser has come back.
    Decision complete(Request request, CookieJar jar) {
        Return back = Return.of(request);
        String name = back.state == null ? "" : cookies.login(back.state);
        String value = back.state == null ? null : jar.value(name);
        Login login = value == null ? null : read(value);
        if (login == null || back.state == null || !Seal.same(login.state(), back.state) || isOver(login)) {
            return failed(AccessFaults.OIDC_STATE, "the browser has not begun this login, or too long ago", List.of());
        }
        List<Field> forget = List.of(cookies.forget(name));
        String used = "login." + Seal.digest(purpose, login.state());
        return Decision.await(state.putIfAbsent(used, new byte[]{1}, config.loginTimeout().plus(config.clockSkew()))
                .thenCompose(before -> before.isPresent()
                        ? CompletableFuture.completedFuture(
                                failed(AccessFaults.OIDC_STATE, "the login was completed before", forget))
                        : answered(back, login, jar, forget))
                .exceptionally(failure -> failed(AccessFaults.OIDC_PROVIDER, String.valueOf(failure), forget)));
    }

    private CompletionStage<Decision> answered(Return back, Login login, CookieJar jar, List<Field> forget) {
        return provider.metadata().thenCompose(metadata -> {
            if (!isFrom(back, metadata)) {
                return CompletableFuture.completedFuture(failed(AccessFaults.OIDC_STATE,
                        "the answer is not from the provider that was asked", forget));
            }
            if (back.hasError) {
                boolean passing = back.error != null && PASSING.contains(back.error);
                return CompletableFuture.completedFuture(
                        failed(passing ? AccessFaults.OIDC_PROVIDER : AccessFaults.OIDC_REFUSED,
                                "the provider refused the login" + Provider.shown(back.error), forget));
            }
            if (back.code == null || back.code.isEmpty()) {
                return CompletableFuture.completedFuture(
                        failed(AccessFaults.OIDC_STATE, "the provider's answer has no code", forget));
            }
            return grants.exchange(back.code, login).thenCompose(session -> begin(session, login, jar, forget));
        }).exceptionally(failure -> {
            ProviderException known = Provider.known(failure);
            return failed(known.reason() == Reason.GRANT_REFUSED
                    ? AccessFaults.OIDC_REFUSED
                    : AccessFaults.OIDC_PROVIDER, String.valueOf(known.getMessage()), forget);
        });
    }

    /// Whether the answer comes from the provider that was asked (RFC 9207 section 2.4).
    private boolean isFrom(Return back, IssuerMetadata metadata) {
        if (back.hasIssuer) {
            return config.issuer().equals(back.issuer);
        }
        return !Boolean.TRUE.equals(metadata.members().get("authorization_response_iss_parameter_supported"));
    }

    private CompletionStage<Decision> begin(Session session, Login login, CookieJar jar, List<Field> forget) {
        CompletionStage<?> dropped = jar.hasSession()
                ? sessions.find(jar).thenCompose(old -> old == null
                        ? CompletableFuture.completedFuture(null)
                        : sessions.drop(old))
                : CompletableFuture.completedFuture(null);
        return dropped.thenCompose(_ -> sessions.begin(session)).thenApply(written -> {
            if (written == null) {
                return failed(AccessFaults.OIDC_PROVIDER, "the session is too large for cookies", forget);
            }
            completed.add();
            List<Field> fields = new ArrayList<>(forget);
            fields.addAll(written);
            fields.addAll(jar.forgetSession(cookies, cookies.names(written)));
            return Decision.respond(Answers.redirect(303, Targets.safe(login.target()), fields));
        });
    }

    private Decision unavailable() {
        return Decision.fail(AccessFaults.UNAVAILABLE, Answers.UNAVAILABLE);
    }

    private Decision failed(Fault fault, String why, List<Field> fields) {
        failed.add();
        // Anybody can send what was never begun: only what the provider does wrong is worth a line of the log.
        LOG.atLevel(fault.equals(AccessFaults.OIDC_PROVIDER) ? Level.WARN : Level.DEBUG)
                .addKeyValue("issuer", config.issuer()).addKeyValue("why", why).log("a login was not completed");
        List<Field> all = new ArrayList<>(Answers.NOT_KEPT);
        all.addAll(fields);
        return Decision.fail(fault, all);
    }
}
