package io.tidegate.policies.faultinjection;

import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.api.GrpcStatus;
import io.tidegate.api.Key;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Ratio;
import io.tidegate.api.Reply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Delays requests and makes them fail, by chance. What it did is told by a field of the answer, so that nobody looks
/// for the cause elsewhere.
final class FaultInjectionPolicy implements Policy {

    /// Tells what was done: `delay`, `abort`, or both.
    static final String MARK = "x-fault-injected";

    private static final Key<String> DONE = Key.of("faultInjection");

    private final FaultInjectionConfig config;
    private final @Nullable Decision abort;
    private final @Nullable Decision abortCall;
    private final Counter delayed;
    private final Counter aborted;
    private final Counter reset;

    FaultInjectionPolicy(FaultInjectionConfig config, PolicyContext context) {
        this.config = config;
        FaultInjectionConfig.Abort declared = config.abort();
        this.abort = declared == null ? null : abort(declared);
        this.abortCall = declared == null ? null : abortCall(declared);
        this.delayed = context.counter("delayed");
        this.aborted = context.counter("aborted");
        this.reset = context.counter("reset");
    }

    private static Decision abort(FaultInjectionConfig.Abort declared) {
        Fault fault = Fault.INJECTED;
        if (declared.reset()) {
            return Decision.reset(fault);
        }
        return Decision.fail(new Fault(fault.code(), declared.status(), fault.title(), fault.blame()));
    }

    private static Decision abortCall(FaultInjectionConfig.Abort declared) {
        GrpcStatus status = declared.grpcStatus();
        if (status == null) {
            return abort(declared);
        }
        return Decision.respond(Reply.of(200).withHeader("content-type", "application/grpc")
                .with(List.of(new Field("grpc-status", Integer.toString(status.code())),
                        new Field("grpc-message", GrpcStatus.encoded(Fault.INJECTED.title()))), new byte[0]));
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        if (!isMeant(exchange)) {
            return Decision.next();
        }
        FaultInjectionConfig.Delay delay = config.delay();
        boolean delays = delay != null && byChance(delay.percentage());
        FaultInjectionConfig.Abort fail = config.abort();
        boolean aborts = fail != null && byChance(fail.percentage());
        if (delays || aborts) {
            exchange.put(DONE, delays ? aborts ? "delay, abort" : "delay" : "abort");
        }
        Decision then = aborts ? aborted(exchange) : Decision.next();
        if (!delays || delay == null) {
            return then;
        }
        delayed.add();
        return Decision.delay(time(delay), then);
    }

    private Decision aborted(Exchange exchange) {
        (config.abort() != null && config.abort().reset() ? reset : aborted).add();
        Decision decision = exchange.request().isGrpc() ? abortCall : abort;
        return decision == null ? Decision.next() : decision;
    }

    private boolean isMeant(Exchange exchange) {
        if (config.everyRequest()) {
            return true;
        }
        String value = exchange.request().headers().get(config.onlyWith().header());
        return value != null && (config.onlyWith().value() == null || config.onlyWith().value().equals(value));
    }

    private static boolean byChance(Ratio share) {
        return ThreadLocalRandom.current().nextDouble() < share.value();
    }

    private static Duration time(FaultInjectionConfig.Delay delay) {
        Duration max = delay.max();
        return max == null || max.equals(delay.time())
                ? delay.time()
                : Duration.ofNanos(ThreadLocalRandom.current().nextLong(delay.time().toNanos(), max.toNanos() + 1));
    }

    @Override
    public Decision onResponse(Exchange exchange) {
        String done = exchange.get(DONE);
        if (done != null) {
            exchange.response().headers().set(MARK, done);
        }
        return Decision.next();
    }
}
