package io.tidegate.testkit;

import io.tidegate.api.Attempt;
import io.tidegate.api.Body;
import io.tidegate.api.Decision;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.Field;
import io.tidegate.api.Outcome;
import io.tidegate.api.Policy;
import io.tidegate.api.Principal;
import io.tidegate.api.Reply;
import io.tidegate.testkit.TesterExchange.Phase;
import io.tidegate.testkit.TesterResult.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Takes one request through the policies under test, in the gateway's order.
final class TesterRun {

    /// How long a policy may wait for something, in seconds.
    private static final int GUARD_SECONDS = 30;

    private static final byte[] NOTHING = new byte[0];

    private final List<Policy> policies;
    private final TesterRequest described;
    private final TesterExchange exchange;
    private final List<TesterResult.Step> steps = new ArrayList<>();
    private final long start = System.nanoTime();
    private int ran;
    private TesterResult.@Nullable Sent sent;
    private @Nullable Fault fault;
    private @Nullable Throwable exception;

    TesterRun(List<Policy> policies, TesterRequest described) {
        this.policies = policies;
        this.described = described;
        this.exchange = new TesterExchange(described);
    }

    TesterResult run() {
        try {
            return answered();
        } catch (BrokenOff e) {
            fault = e.why;
            return result(new TesterResult.Got(0, List.of(), NOTHING, List.of()));
        }
    }

    private TesterResult answered() {
        exchange.answer(answer());
        exchange.phase = Phase.RESPONSE;
        for (int i = ran - 1; i >= 0; i--) {
            Policy policy = policies.get(i);
            Reply instead = decide(i, Moment.RESPONSE, () -> policy.onResponse(exchange));
            if (instead != null) {
                exchange.answer(ownAnswer(instead));
            }
        }
        return result(got(exchange.answer()));
    }

    private TesterResult result(TesterResult.Got got) {
        Outcome outcome = new TesterOutcome(got.status(), fault, System.nanoTime() - start, described.body().length,
                got.body().length, sent == null ? 0 : 1);
        Principal principal = exchange.principal();
        end(outcome);
        return new TesterResult(sent, got, steps, outcome, principal, exception);
    }

    /// The response before `onResponse`: from the upstream, a policy, or the gateway.
    private TesterHttpResponse answer() {
        while (ran < policies.size()) {
            int place = ran++;
            Reply reply = decide(place, Moment.REQUEST, () -> policies.get(place).onRequest(exchange));
            if (reply != null) {
                return ownAnswer(reply);
            }
        }
        try {
            TesterResult.Sent request = exchange.request.send();
            sent = request;
            exchange.phase = Phase.ATTEMPT;
            for (Policy policy : policies) {
                attempt(policy);
            }
            return new TesterHttpResponse(exchange.confinement, described.answer(request), described.streams(),
                    described.upstreamTrailers());
        } catch (Exception e) {
            sent = null;
            return ownAnswer(failed(e));
        }
    }

    /// The gateway goes on whatever a policy throws here.
    private void attempt(Policy policy) {
        try {
            policy.onAttempt(exchange, new TesterAttempt(1, "test", "127.0.0.1:8080"));
        } catch (RuntimeException e) {
            exception = e;
        }
    }

    private TesterHttpResponse ownAnswer(Reply reply) {
        return new TesterHttpResponse(exchange.confinement, reply);
    }

    /// Follows a decision to its end: null to go on, else the answer in place of what was under way.
    private @Nullable Reply decide(int policy, Moment moment, Supplier<Decision> call) {
        try {
            Decision decision = call.get();
            while (true) {
                steps.add(new TesterResult.Step(policy, moment, decision));
                switch (decision) {
                    case Decision.Next _ -> {
                        return null;
                    }
                    case Decision.Respond(Reply reply) -> {
                        return reply;
                    }
                    case Decision.Fail(Fault why, List<Field> headers) -> {
                        return problem(why, headers);
                    }
                    case Decision.Reset(Fault why) -> throw new BrokenOff(why);
                    case Decision.WithBody waiting -> decision = showBody(moment, waiting);
                    case Decision.Await(var stage) -> decision = await(stage);
                    case Decision.Resume(var then) -> decision = then.get();
                    case Decision.Delay(_, Decision then) -> decision = then;
                }
            }
        } catch (BrokenOff e) {
            throw e;
        } catch (Exception e) {
            return failed(e);
        }
    }

    /// A policy has ended the exchange without an answer.
    private static final class BrokenOff extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final transient Fault why;

        BrokenOff(Fault why) {
            super(why.code());
            this.why = why;
        }
    }

    private Decision showBody(Moment moment, Decision.WithBody waiting) {
        TesterBody body = moment == Moment.REQUEST
                ? exchange.request.collect(waiting.maxBytes())
                : exchange.answer().collect(waiting.maxBytes());
        try {
            return waiting.then().apply((Body) body);
        } finally {
            body.expire();
        }
    }

    private static Decision await(CompletionStage<? extends Decision> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(GUARD_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new FaultException(Fault.POLICY_TIMEOUT);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private Reply failed(Exception e) {
        if (e instanceof FaultException known) {
            return problem(known.fault(), List.of());
        }
        exception = e;
        return problem(Fault.POLICY_FAILED, List.of());
    }

    private Reply problem(Fault why, List<Field> headers) {
        fault = why;
        Reply reply = Reply.of(why.status());
        for (Field field : headers) {
            reply = reply.withHeader(field.name(), field.value());
        }
        return reply.withBody("application/problem+json", "{\"type\":\"urn:tidegate:" + why.code() + "\",\"title\":\""
                + why.title() + "\",\"status\":" + why.status() + ",\"requestId\":\"" + described.id() + "\"}");
    }

    /// What the client gets. Where a transform fails the response has begun: it breaks off.
    private TesterResult.Got got(TesterHttpResponse answer) {
        TesterBody.Whole whole = new TesterBody.Whole(NOTHING, List.of());
        try {
            whole = described.method().equals("HEAD") ? whole : answer.send(described.chunkSize());
        } catch (FaultException e) {
            fault = e.fault();
        } catch (RuntimeException e) {
            fault = Fault.POLICY_FAILED;
            exception = e;
        }
        return new TesterResult.Got(answer.status(), answer.headers().forwarded(), whole.content(), whole.trailers());
    }

    /// Tells the policies that have run.
    private void end(Outcome outcome) {
        exchange.phase = Phase.END;
        for (int i = ran - 1; i >= 0; i--) {
            try {
                policies.get(i).onEnd(exchange, outcome);
            } catch (RuntimeException e) {
                exception = e;
            }
        }
        exchange.confinement.end();
    }

    /// The only try that a tester makes.
    private record TesterAttempt(int number, String upstream, String endpoint) implements Attempt {
    }

    /// How the exchange ended.
    private record TesterOutcome(int status, @Nullable Fault fault, long durationNanos, long requestBytes,
            long responseBytes, int attempts) implements Outcome {
    }
}
