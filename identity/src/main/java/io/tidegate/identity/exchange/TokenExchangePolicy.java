package io.tidegate.identity.exchange;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Field;
import io.tidegate.api.Key;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Response;
import io.tidegate.identity.Authorization;
import io.tidegate.identity.Challenge;
import io.tidegate.identity.Digest;
import io.tidegate.identity.remote.Answers;
import io.tidegate.identity.remote.Outage;
import io.tidegate.identity.remote.SharedName;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Sends a token to the service that an authorization server has given out for it.
final class TokenExchangePolicy implements Policy {

    /// Longest token of a caller that is exchanged, in characters.
    private static final int MOST_CHARACTERS = 16_384;

    /// So old is a token at least that is dropped because a service does not take it: whatever a service does, the
    /// server is not asked for more than one a second.
    private static final long YOUNG_MILLIS = 1000;

    private static final Key<Used> USED = Key.of("oauth2TokenExchange");

    private final TokenExchangeConfig config;
    private final TokenServer server;
    private final Answers<ServiceToken> exchanged;
    private final @Nullable OwnToken own;
    private final InstantSource clock;
    private final Outage outage;
    private final Counter asked;
    private final Counter failed;
    private final Counter dropped;
    private final Decision missing;
    private final Decision malformed;
    private final Decision failure = Decision.fail(AccessFaults.TOKEN_EXCHANGE,
            List.of(new Field("retry-after", "1")));
    private final Decision refused = Decision.fail(AccessFaults.TOKEN_EXCHANGE);

    /// What was sent to the service.
    ///
    /// @param key
    ///            of the caller's token; null for the gateway's own
    private record Used(@Nullable Digest key, ServiceToken token) {
    }

    TokenExchangePolicy(TokenExchangeConfig config, PolicyContext context) {
        this.config = config;
        this.server = new TokenServer(config, context);
        this.outage = new Outage(context.path(), String.valueOf(config.url() == null ? config.issuer() : config.url()),
                context.clock());
        this.clock = context.clock();
        this.asked = context.counter("asked");
        this.failed = context.counter("failed");
        this.dropped = context.counter("dropped");
        Challenge challenge = Challenge.of("Bearer");
        this.missing = Decision.fail(AccessFaults.MISSING, challenge.field());
        this.malformed = Decision.fail(AccessFaults.MALFORMED, challenge.with("error", "invalid_token").field());
        String name = sharedName(config);
        this.exchanged = context.shared("tokens/" + name, () -> new Answers<>(config.maxCached(), config.maxWaiting(),
                config.http().timeout(), context.clock()));
        this.own = config.grant() == TokenExchangeConfig.Grant.CLIENT_CREDENTIALS
                ? context.shared("own/" + name, () -> new OwnToken(() -> ask(null), exchanged, context.background(),
                        context.clock()))
                : null;
        context.gauge("cached_tokens", exchanged::size);
    }

    /// The same for configurations that would get the same tokens and keep them for the same time.
    private static String sharedName(TokenExchangeConfig config) {
        return SharedName.of(config.grant(), config.url(), config.issuer(), config.client(), config.scopes(),
                config.audience(), config.resource(), new TreeMap<>(config.parameters()), config.subjectTokenType(),
                config.requestedTokenType(), config.refreshBefore(), config.cacheFor(), config.cacheFailuresFor(),
                config.maxCached(), config.maxWaiting(), config.http());
    }

    private CompletionStage<Answers.Answer<ServiceToken>> ask(@Nullable String subject) {
        asked.add();
        return server.ask(subject);
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        return own == null ? exchanged(exchange) : own(exchange, own);
    }

    private Decision own(Exchange exchange, OwnToken holder) {
        ServiceToken known = holder.known();
        return known == null ? wait(exchange, null, holder.renew()) : send(exchange, new Used(null, known));
    }

    private Decision exchanged(Exchange exchange) {
        String token = Authorization.credentials(exchange.request(), "Bearer");
        if (token == null) {
            if (!config.optional()) {
                return missing;
            }
            Authorization.hide(exchange.request());
            return Decision.next();
        }
        if (token.isEmpty() || token.length() > MOST_CHARACTERS) {
            return malformed;
        }
        Digest key = Digest.of(token);
        ServiceToken known = exchanged.known(key);
        return known == null
                ? wait(exchange, key, exchanged.ask(key, () -> ask(token)))
                : send(exchange, new Used(key, known));
    }

    private Decision wait(Exchange exchange, @Nullable Digest key, CompletionStage<ServiceToken> answer) {
        return Decision.await(answer.handle((token, error) -> {
            if (error != null) {
                failed.add();
                outage.found(error);
                return failure;
            }
            return Decision.resume(() -> send(exchange, new Used(key, token)));
        }));
    }

    private Decision send(Exchange exchange, Used used) {
        if (used.token().isNone()) {
            failed.add();
            return refused;
        }
        exchange.put(USED, used);
        exchange.request().headers().set("authorization", used.token().authorization());
        return Decision.next();
    }

    /// A service that does not take a token is not shown it again.
    @Override
    public Decision onResponse(Exchange exchange) {
        Used used = exchange.get(USED);
        if (used != null) {
            Response response = exchange.response();
            // One that only observes has sent nothing; and one that was got just now would be got again.
            boolean old = clock.millis() - used.token().got() >= YOUNG_MILLIS;
            if (old && response.status() == 401 && response.fromUpstream() && used.token().authorization()
                    .equals(exchange.request().headers().get("authorization"))) {
                dropped.add();
                if (used.key() != null) {
                    exchanged.forget(used.key(), used.token());
                } else if (own != null) {
                    own.refused(used.token());
                }
            }
        }
        return Decision.next();
    }
}
