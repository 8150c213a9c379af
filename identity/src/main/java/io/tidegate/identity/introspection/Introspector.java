package io.tidegate.identity.introspection;

import io.tidegate.api.Counter;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Asks a server about tokens.
final class Introspector {

    private final IntrospectionConfig config;
    private final AnswerRules rules;
    private final HttpCaller http;
    private final OAuthServer server;
    private final OAuthClient client;
    private final InstantSource clock;
    private final Counter asked;
    private final @Nullable SignedReader signed;

    Introspector(IntrospectionConfig config, PolicyContext context) {
        this.config = config;
        this.rules = new AnswerRules(config);
        this.http = context.http(config.http());
        this.clock = context.clock();
        this.server = new OAuthServer(
                new OAuthServer.Place(config.url(), config.issuer(), "introspection_endpoint"), http, config.http(),
                config.maxWaiting(), clock);
        this.signed = config.signed() ? SignedReader.of(config, context) : null;
        this.client = new OAuthClient(config.client(), signed == null ? "application/json" : SignedReader.MEDIA_TYPE);
        this.asked = context.counter("asked");
    }

    /// What the server says of a token. Fails where it can't be asked, or says what can't be believed.
    CompletionStage<Answers.Answer<Introspected>> ask(String token) {
        Form parameters = Form.EMPTY.with("token", token).with("token_type_hint", "access_token");
        return server.endpoint().thenCompose(endpoint -> {
            asked.add();
            return http.send(client.call(endpoint, parameters));
        }).thenCompose(answer -> signed == null
                ? CompletableFuture.completedFuture(answer)
                : signed.ready().thenApply(_ -> answer)).thenApply(this::read);
    }

    /// Nothing is asked any more.
    void close() {
        if (signed != null) {
            signed.close();
        }
    }

    private static Map<String, Object> plain(HttpCaller.Answer answer) {
        try {
            return StrictJson.object(answer.body());
        } catch (StrictJson.MalformedException e) {
            throw new UnusableAnswerException("the answer " + e.getMessage());
        }
    }

    private Answers.Answer<Introspected> read(HttpCaller.Answer answer) {
        if (answer.status() != 200) {
            throw new UnusableAnswerException("answered with " + answer.status());
        }
        Map<String, Object> said = signed == null ? plain(answer) : signed.read(answer);
        long now = clock.millis();
        Introspected result = rules.read(said, now);
        if (!(result instanceof Introspected.Good good)) {
            return new Answers.Answer<>(result, config.cacheFailuresFor());
        }
        Duration left = Duration.ofMillis(good.expires() - now);
        return new Answers.Answer<>(result, left.compareTo(config.cacheFor()) < 0 ? left : config.cacheFor());
    }
}
