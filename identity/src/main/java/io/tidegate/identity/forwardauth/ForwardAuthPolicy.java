package io.tidegate.identity.forwardauth;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Consumers;
import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Field;
import io.tidegate.api.Headers;
import io.tidegate.api.HttpCaller;
import io.tidegate.api.HttpCaller.Call;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Principal;
import io.tidegate.api.Reply;
import io.tidegate.identity.Digest;
import io.tidegate.identity.remote.Answers;
import io.tidegate.identity.remote.Outage;
import io.tidegate.identity.remote.UnusableAnswerException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Lets those requests pass that a service lets pass.
final class ForwardAuthPolicy implements Policy {

    private static final String TYPE = "forwardAuth";

    private final ForwardAuthConfig config;
    private final Questions questions;
    private final VerdictReader reader;
    private final HttpCaller http;
    private final Consumers consumers;
    private final @Nullable Answers<Verdict> answers;
    private final Duration life;
    private final AtomicInteger waiting = new AtomicInteger();
    private final List<String> own;
    private final Outage outage;
    private final Counter asked;
    private final Counter refused;
    private final Counter unavailable;
    private final Decision unknown = Decision.fail(AccessFaults.UNKNOWN_CONSUMER);
    private final Decision undecided;

    ForwardAuthPolicy(ForwardAuthConfig config, PolicyContext context) {
        this.config = config;
        this.questions = new Questions(config);
        this.reader = new VerdictReader(config);
        this.http = context.http(config.http());
        this.consumers = context.consumers();
        this.own = config.responseHeaders().stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
        this.outage = new Outage(context.path(), config.url(), context.clock());
        this.asked = context.counter("asked");
        this.refused = context.counter("refused");
        this.unavailable = context.counter("unavailable");
        this.undecided = Decision.fail(AccessFaults.DECISION_UNAVAILABLE, List.of(new Field("retry-after", "1")));
        ForwardAuthConfig.CacheConfig cache = config.cache();
        this.life = cache == null ? Duration.ZERO : cache.life();
        this.answers = cache == null
                ? null
                : new Answers<>(cache.max(), config.maxWaiting(), config.http().timeout(), context.clock());
        if (answers != null) {
            context.gauge("cached_answers", answers::size);
        }
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        if (config.includeBody() == null) {
            return ask(exchange, null);
        }
        return Decision.withBody((int) config.includeBody().bytes(), body -> ask(exchange, body.toByteArray()));
    }

    private Decision ask(Exchange exchange, byte @Nullable [] body) {
        CompletionStage<Verdict> answer;
        if (answers == null) {
            if (waiting.incrementAndGet() > config.maxWaiting()) {
                waiting.decrementAndGet();
                return failed(exchange, new IllegalStateException("more than " + config.maxWaiting() + " would wait"));
            }
            answer = call(questions.about(exchange, body)).whenComplete((_, _) -> waiting.decrementAndGet());
        } else {
            Digest key = questions.key(exchange);
            Verdict known = answers.known(key);
            if (known != null) {
                return decide(exchange, known);
            }
            Call question = questions.about(exchange, body);
            boolean[] mine = {false};
            // Refusals may bring cookies, which are for one client: whoever has waited for another one's asks itself.
            answer = answers.ask(key, () -> {
                mine[0] = true;
                return call(question).thenApply(verdict -> new Answers.Answer<>(verdict,
                        verdict.passes() ? life : Duration.ZERO));
            }).thenCompose(verdict -> mine[0] || verdict.passes()
                    ? CompletableFuture.completedFuture(verdict)
                    : call(question));
        }
        return Decision.await(answer.handle((verdict, error) -> Decision
                .resume(() -> error == null ? decide(exchange, verdict) : failed(exchange, error))));
    }

    private CompletionStage<Verdict> call(Call question) {
        asked.add();
        return http.send(question).thenApply(reader::read);
    }

    private Decision failed(Exchange exchange, Throwable why) {
        unavailable.add();
        outage.found(why);
        // A token that is too long, a path that is none: no client is to choose that nothing is decided.
        if (config.onFailure() == ForwardAuthConfig.OnFailure.DENY || UnusableAnswerException.isOfRequest(why)) {
            return undecided;
        }
        own.forEach(exchange.request().headers()::remove);
        return Decision.next();
    }

    private Decision decide(Exchange exchange, Verdict verdict) {
        if (!verdict.passes()) {
            refused.add();
            return refusal(verdict);
        }
        if (config.consumer() != null) {
            String name = verdict.caller();
            Principal caller = name == null
                    ? null
                    : config.unknownConsumer().admit(
                            new Principal(TYPE, name, null, null, verdict.groups(), Set.of(), Map.of()),
                            consumers.named(name));
            if (caller == null) {
                refused.add();
                return unknown;
            }
            exchange.identify(caller);
        }
        Headers headers = exchange.request().headers();
        own.forEach(headers::remove);
        verdict.fields().forEach(field -> headers.add(field.name(), field.value()));
        return Decision.next();
    }

    private static Decision refusal(Verdict verdict) {
        byte[] body = verdict.body();
        if (body != null || verdict.status() < 400) {
            return Decision.respond(
                    Reply.of(verdict.status()).with(verdict.fields(), body == null ? new byte[0] : body));
        }
        return Decision.fail(verdict.status() == 401 ? AccessFaults.INVALID : AccessFaults.DENIED, verdict.fields());
    }
}
