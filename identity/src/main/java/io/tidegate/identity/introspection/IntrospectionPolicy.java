package io.tidegate.identity.introspection;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Consumers;
import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Principal;
import io.tidegate.identity.Authorization;
import io.tidegate.identity.Caller;
import io.tidegate.identity.Challenge;
import io.tidegate.identity.Digest;
import io.tidegate.identity.remote.Answers;
import io.tidegate.identity.remote.Outage;
import io.tidegate.identity.remote.SharedName;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// Lets requests pass whose bearer token (RFC 6750) a server says to be good (RFC 7662).
final class IntrospectionPolicy implements Policy {

    private final IntrospectionConfig config;
    private final Introspector introspector;
    private final Answers<Introspected> answers;
    private final Consumers consumers;
    private final Outage outage;
    private final Counter refused;
    private final Counter unavailable;
    private final Set<String> scopes;
    private final List<Field> invalid;
    private final Decision missing;
    private final Decision malformed;
    private final Decision unknown = Decision.fail(AccessFaults.UNKNOWN_CONSUMER);
    private final Decision insufficient;
    private final Decision notNow = Decision.fail(AccessFaults.UNAVAILABLE);

    IntrospectionPolicy(IntrospectionConfig config, PolicyContext context) {
        this.config = config;
        this.introspector = new Introspector(config, context);
        this.consumers = context.consumers();
        this.outage = new Outage(context.path(), String.valueOf(config.url() == null ? config.issuer() : config.url()),
                context.clock());
        this.refused = context.counter("refused");
        this.unavailable = context.counter("unavailable");
        this.scopes = Set.copyOf(config.scopes());
        Challenge challenge = Challenge.of("Bearer").realm(config.realm());
        this.missing = Decision.fail(AccessFaults.MISSING, challenge.field());
        this.invalid = challenge.with("error", "invalid_token").field();
        this.malformed = Decision.fail(AccessFaults.MALFORMED, invalid);
        this.insufficient = Decision.fail(AccessFaults.SCOPE, challenge.with("error", "insufficient_scope")
                .with("scope", String.join(" ", config.scopes())).field());
        this.answers = context.shared(sharedName(config), () -> new Answers<>(config.maxCached(),
                config.maxWaiting(), config.http().timeout(), context.clock()));
        context.gauge("cached_tokens", answers::size);
    }

    /// The same for configurations that would be told the same and read it in the same way.
    private static String sharedName(IntrospectionConfig config) {
        return SharedName.of(config.url(), config.issuer(), config.client(), config.signed(), config.audience(),
                new TreeMap<>(config.requiredClaims()), config.consumer(), config.groups(), config.cacheFor(),
                config.cacheFailuresFor(), config.http(), config.maxCached(), config.maxWaiting());
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        String token = Authorization.credentials(exchange.request(), "Bearer");
        if (token == null) {
            return config.optional() ? Decision.next() : missing;
        }
        if (token.length() > config.maxTokenLength() || !isToken(token)) {
            return malformed;
        }
        Digest key = Digest.of(token);
        Introspected known = answers.known(key);
        if (known != null) {
            return decide(exchange, known);
        }
        return Decision.await(answers.ask(key, () -> introspector.ask(token)).handle((answer, error) -> {
            if (error != null) {
                unavailable.add();
                outage.found(error);
                return notNow;
            }
            return Decision.resume(() -> decide(exchange, answer));
        }));
    }

    @Override
    public void close() {
        introspector.close();
    }

    /// Whether a text may be a token: `b64token` (RFC 6750 section 2.1).
    private static boolean isToken(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            boolean good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                    || "-._~+/".indexOf(c) >= 0;
            if (!good) {
                return false;
            }
        }
        return end > 0;
    }

    private Decision decide(Exchange exchange, Introspected answer) {
        return switch (answer) {
            case Introspected.Bad(Fault fault) -> refused(Decision.fail(fault, invalid));
            case Introspected.Good good -> good.confirmation().allows(exchange.client().tls())
                    ? admit(exchange, good.caller())
                    : refused(Decision.fail(AccessFaults.TOKEN_BINDING, invalid));
        };
    }

    private Decision admit(Exchange exchange, Caller caller) {
        if (!caller.principal().scopes().containsAll(scopes)) {
            return refused(insufficient);
        }
        Principal principal = caller.among(consumers, config.unknownConsumer());
        if (principal == null) {
            return refused(unknown);
        }
        exchange.identify(principal);
        if (config.hideCredentials()) {
            Authorization.hide(exchange.request());
        }
        return Decision.next();
    }

    private Decision refused(Decision why) {
        refused.add();
        return why;
    }
}
