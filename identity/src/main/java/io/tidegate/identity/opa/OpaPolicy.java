package io.tidegate.identity.opa;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Field;
import io.tidegate.api.Headers;
import io.tidegate.api.HttpCaller;
import io.tidegate.api.HttpCaller.Call;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Reply;
import io.tidegate.identity.Digest;
import io.tidegate.identity.StrictJson;
import io.tidegate.identity.remote.Answers;
import io.tidegate.identity.remote.Outage;
import io.tidegate.identity.remote.ServerUrl;
import io.tidegate.identity.remote.UnusableAnswerException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets those requests pass that an Open Policy Agent lets pass.
final class OpaPolicy implements Policy {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.policies");

    private final OpaConfig config;
    private final OpaInput input;
    private final URI url;
    private final List<Field> fields;
    private final HttpCaller http;
    private final Answers<OpaDecision> answers;
    private final Set<String> own;
    private final Set<String> told;
    private final String path;
    private final Outage outage;
    private final Counter asked;
    private final Counter denied;
    private final Counter unavailable;
    private final Decision undecided = Decision.fail(AccessFaults.DECISION_UNAVAILABLE,
            List.of(new Field("retry-after", "1")));

    OpaPolicy(OpaConfig config, PolicyContext context) {
        this.config = config;
        this.input = new OpaInput(config);
        String base = config.url().endsWith("/") ? config.url() : config.url() + "/";
        this.url = ServerUrl.of("url", base + "v1/data/" + config.path());
        List<Field> all = new ArrayList<>(List.of(new Field("content-type", "application/json")));
        if (config.token() != null) {
            all.add(new Field("authorization", "Bearer " + config.token()));
        }
        this.fields = List.copyOf(all);
        this.http = context.http(config.http());
        this.own = lower(config.requestHeaders());
        this.told = lower(config.responseHeaders());
        this.path = context.path();
        this.outage = new Outage(path, config.url(), context.clock());
        this.asked = context.counter("asked");
        this.denied = context.counter("denied");
        this.unavailable = context.counter("unavailable");
        this.answers = new Answers<>(config.maxCached(), config.maxWaiting(), config.http().timeout(),
                context.clock());
        context.gauge("cached_decisions", answers::size);
    }

    private static Set<String> lower(List<String> names) {
        Set<String> lower = new HashSet<>();
        names.forEach(name -> lower.add(name.toLowerCase(Locale.ROOT)));
        return Set.copyOf(lower);
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        byte[] question = input.of(exchange);
        Digest key = new Digest.Builder().add(question).build();
        OpaDecision known = answers.known(key);
        if (known != null) {
            return decide(exchange, known);
        }
        Call call = new Call("POST", url, fields, question);
        return Decision.await(answers.ask(key, () -> {
            asked.add();
            return http.send(call).thenApply(this::read);
        }).handle((decision, error) -> {
            if (error != null) {
                unavailable.add();
                outage.found(error);
                return undecided;
            }
            return Decision.resume(() -> decide(exchange, decision));
        }));
    }

    private Answers.Answer<OpaDecision> read(HttpCaller.Answer answer) {
        if (answer.status() != 200) {
            throw new UnusableAnswerException("answered with " + answer.status());
        }
        Object result;
        try {
            result = StrictJson.object(answer.body()).get("result");
        } catch (StrictJson.MalformedException e) {
            throw new UnusableAnswerException("the answer " + e.getMessage());
        }
        OpaDecision decision = OpaDecision.read(result, own, told);
        if (!decision.allow() && LOG.isDebugEnabled() && result instanceof Map<?, ?> said
                && said.get("reason") instanceof String reason) {
            LOG.atDebug().addKeyValue("policy", path).addKeyValue("reason", reason).log("an agent refuses a request");
        }
        return new Answers.Answer<>(decision, config.cacheFor());
    }

    private Decision decide(Exchange exchange, OpaDecision decision) {
        if (!decision.allow()) {
            denied.add();
            return refusal(decision);
        }
        Headers headers = exchange.request().headers();
        own.forEach(headers::remove);
        decision.fields().forEach(field -> headers.add(field.name(), field.value()));
        return Decision.next();
    }

    private static Decision refusal(OpaDecision decision) {
        return switch (decision.status()) {
            case 401 -> Decision.fail(AccessFaults.INVALID, decision.fields());
            case 403 -> Decision.fail(AccessFaults.DENIED, decision.fields());
            default -> Decision.respond(Reply.of(decision.status()).with(decision.fields(), new byte[0]));
        };
    }
}
