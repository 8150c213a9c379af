package io.tidegate.extauthz;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Field;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.Headers;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Reply;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets those requests pass that a service lets pass.
final class ExtAuthzPolicy implements Policy {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.policies");
    private static final long QUIET_MILLIS = 60_000;

    private final ExtAuthzConfig config;
    private final CheckRequest questions;
    private final Authority authority;
    private final Set<String> own;
    private final Set<String> told;
    private final String path;
    private final InstantSource clock;
    private final AtomicLong logged = new AtomicLong();
    private final Counter asked;
    private final Counter denied;
    private final Counter unavailable;
    private final Decision undecided = Decision.fail(AccessFaults.DECISION_UNAVAILABLE,
            List.of(new Field("retry-after", "1")));

    ExtAuthzPolicy(ExtAuthzConfig config, PolicyContext context) {
        this.config = config;
        this.questions = new CheckRequest(config);
        this.own = lower(config.requestHeaders());
        this.told = lower(config.responseHeaders());
        this.path = context.path();
        this.clock = context.clock();
        this.asked = context.counter("asked");
        this.denied = context.counter("denied");
        this.unavailable = context.counter("unavailable");
        this.authority = context.shared(
                config.url() + " " + config.http() + " " + config.http().filesVersion(),
                () -> new Authority(config.address(), config.http()));
    }

    private static Set<String> lower(List<String> names) {
        return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        if (config.includeBody() == null) {
            return ask(exchange, null);
        }
        return Decision.withBody((int) config.includeBody().bytes(), body -> ask(exchange, body.toByteArray()));
    }

    private Decision ask(Exchange exchange, byte @Nullable [] body) {
        asked.add();
        return Decision.await(authority.check(questions.about(exchange, body)).handle((verdict, error) -> Decision
                .resume(() -> error == null ? decide(exchange, verdict) : failed(exchange, error))));
    }

    private Decision failed(Exchange exchange, Throwable why) {
        unavailable.add();
        long now = clock.millis();
        long before = logged.get();
        if (now - before >= QUIET_MILLIS && logged.compareAndSet(before, now)) {
            LOG.atWarn().addKeyValue("policy", path).addKeyValue("server", config.url())
                    .addKeyValue("cause", String.valueOf(why.getMessage()))
                    .log("a server that decides on requests can't be asked");
        }
        if (config.onFailure() == ExtAuthzConfig.OnFailure.DENY) {
            return undecided;
        }
        own.forEach(exchange.request().headers()::remove);
        return Decision.next();
    }

    private Decision decide(Exchange exchange, Verdict verdict) {
        if (!verdict.isOk()) {
            denied.add();
            return refusal(verdict);
        }
        Headers headers = exchange.request().headers();
        own.forEach(headers::remove);
        for (Field field : verdict.headers()) {
            if (own.contains(field.name())) {
                headers.add(field.name(), field.value());
            }
        }
        for (String name : verdict.removed()) {
            // What can't be removed is passed over, as Envoy does.
            if (FieldSyntax.isName(name) && !ExtAuthzConfig.isOfConnection(name)
                    && !ExtAuthzConfig.isOfTheGateway(name)) {
                headers.remove(name);
            }
        }
        return Decision.next();
    }

    private Decision refusal(Verdict verdict) {
        List<Field> fields = verdict.headers().stream().filter(field -> told.contains(field.name())).toList();
        if (verdict.body().isEmpty() && (verdict.status() == 401 || verdict.status() == 403)) {
            List<Field> beside = fields.stream().filter(field -> !field.name().equals("content-type")).toList();
            return Decision.fail(verdict.status() == 401 ? AccessFaults.INVALID : AccessFaults.DENIED, beside);
        }
        return Decision.respond(
                Reply.of(verdict.status()).with(fields, verdict.body().getBytes(StandardCharsets.UTF_8)));
    }
}
