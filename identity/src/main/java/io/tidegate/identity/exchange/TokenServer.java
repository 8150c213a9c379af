package io.tidegate.identity.exchange;

import io.tidegate.api.HttpCaller;
import io.tidegate.api.PolicyContext;
import io.tidegate.identity.StrictJson;
import io.tidegate.identity.remote.Answers;
import io.tidegate.identity.remote.Form;
import io.tidegate.identity.remote.OAuthClient;
import io.tidegate.identity.remote.OAuthServer;
import io.tidegate.identity.remote.UnusableAnswerException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Gets tokens from an authorization server.
final class TokenServer {

    /// Most characters of a token: more would not fit into a request's head.
    private static final int MOST_CHARACTERS = 16_384;

    /// Errors that say that a caller's token is not good for this.
    private static final Set<Object> OF_TOKENS = Set.of("invalid_request", "invalid_grant", "invalid_target");

    private final TokenExchangeConfig config;
    private final HttpCaller http;
    private final OAuthServer server;
    private final OAuthClient client;
    private final InstantSource clock;
    private final Form parameters;

    TokenServer(TokenExchangeConfig config, PolicyContext context) {
        this.config = config;
        this.http = context.http(config.http());
        this.clock = context.clock();
        this.server = new OAuthServer(new OAuthServer.Place(config.url(), config.issuer(), "token_endpoint"), http,
                config.http(), config.maxWaiting(), clock);
        this.client = new OAuthClient(config.client(), "application/json");
        this.parameters = parameters(config);
    }

    /// All but the caller's token.
    private static Form parameters(TokenExchangeConfig config) {
        boolean exchange = config.grant() == TokenExchangeConfig.Grant.TOKEN_EXCHANGE;
        Form form = Form.EMPTY.with("grant_type",
                exchange ? "urn:ietf:params:oauth:grant-type:token-exchange" : "client_credentials");
        if (!config.scopes().isEmpty()) {
            form = form.with("scope", String.join(" ", config.scopes()));
        }
        for (String name : config.audience()) {
            form = form.with("audience", name);
        }
        for (String name : config.resource()) {
            form = form.with("resource", name);
        }
        form = form.with(config.parameters());
        if (exchange) {
            form = form.with("subject_token_type", config.subjectTokenType());
            if (config.requestedTokenType() != null) {
                form = form.with("requested_token_type", config.requestedTokenType());
            }
        }
        return form;
    }

    /// A new token, and for how long it is used. Fails where the server can't be asked, or says what can't be believed.
    ///
    /// @param subject
    ///            the caller's token; null for one of the gateway's own
    CompletionStage<Answers.Answer<ServiceToken>> ask(@Nullable String subject) {
        Form all = subject == null ? parameters : parameters.with("subject_token", subject);
        return server.endpoint().thenCompose(endpoint -> http.send(client.call(endpoint, all)))
                .thenApply(this::read);
    }

    private Answers.Answer<ServiceToken> read(HttpCaller.Answer answer) {
        boolean error = answer.status() == 400;
        if (answer.status() != 200 && !error) {
            throw new UnusableAnswerException("answered with " + answer.status());
        }
        Map<String, Object> said;
        try {
            said = StrictJson.object(answer.body());
        } catch (StrictJson.MalformedException e) {
            throw new UnusableAnswerException("the answer " + e.getMessage());
        }
        if (error) {
            return refusal(said.get("error"));
        }
        if (!(said.get("access_token") instanceof String token) || !isToken(token)) {
            throw new UnusableAnswerException("'access_token' is missing or no token");
        }
        if (!(said.get("token_type") instanceof String type) || !type.equalsIgnoreCase("bearer")) {
            throw new UnusableAnswerException("'token_type' is not Bearer");
        }
        Duration life = life(said.get("expires_in"));
        return new Answers.Answer<>(
                new ServiceToken("Bearer " + token, clock.millis(), clock.millis() + life.toMillis()), life);
    }

    /// What is wrong with the caller's token is told so (RFC 8693 section 2.2.2), and asking again changes nothing. All
    /// else is wrong with the gateway.
    private Answers.Answer<ServiceToken> refusal(@Nullable Object error) {
        if (config.grant() == TokenExchangeConfig.Grant.TOKEN_EXCHANGE && error != null && OF_TOKENS.contains(error)) {
            return new Answers.Answer<>(ServiceToken.NONE, config.cacheFailuresFor());
        }
        boolean code = error instanceof String text && text.matches("[a-z_]{1,40}");
        throw new UnusableAnswerException("answered with 400" + (code ? " " + error : ""));
    }

    private Duration life(@Nullable Object seconds) {
        if (seconds == null) {
            return config.cacheFor();
        }
        if (!(seconds instanceof Long whole) || whole < 0) {
            throw new UnusableAnswerException("'expires_in' is no number of seconds");
        }
        Duration all = Duration.ofSeconds(Math.min(whole, Duration.ofDays(1).toSeconds()));
        Duration half = all.dividedBy(2);
        return all.minus(config.refreshBefore().compareTo(half) < 0 ? config.refreshBefore() : half);
    }

    private static boolean isToken(String text) {
        return !text.isEmpty() && text.length() <= MOST_CHARACTERS && text.chars().allMatch(c -> c > ' ' && c < 0x7F);
    }
}
