package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.Outcome;
import io.tidegate.api.Policy;
import io.tidegate.api.Reply;
import io.tidegate.engine.worker.PolicyBounds;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Policies that wait, for work of their own or for bodies, and the bounds of that.
class WaitingPoliciesTest {

    private static final int OFFLOADS = 1024;
    private static final String BODY = "b".repeat(65_536);
    private static final String POST = "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n" + BODY;
    private static final PolicyBounds ROOM_FOR_ONE = new PolicyBounds(100_000, Duration.ofSeconds(30));

    private TestUpstream upstream;
    @SuppressWarnings("NullAway.Init") // every test starts it
    private TestGateway gateway;

    @BeforeEach
    void startUpstream() {
        upstream = TestUpstream.hello();
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    private void start(PolicyBounds bounds, Policy... policies) {
        gateway = TestGateway.start(TestGateway.Setup.PLAIN, options -> options.withPolicyBounds(bounds),
                GatewayYaml.to(upstream).text());
        Scripted scripted = new Scripted();
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < policies.length; i++) {
            scripted.with("scripted" + i, policies[i]);
            list.append(i == 0 ? "" : ", ").append("{ scripted").append(i).append(": {} }");
        }
        scripted.apply(gateway, GatewayYaml.to(upstream).route("policies: [" + list + "]").text());
    }

    private static Policy onRequest(Function<Exchange, Decision> does) {
        return new Policy() {
            @Override
            public Decision onRequest(Exchange exchange) {
                return does.apply(exchange);
            }
        };
    }

    /// Holds every body, and lets it go when the test completes what is in `waiting`.
    private static Policy holding(LinkedBlockingQueue<CompletableFuture<Decision>> waiting) {
        return onRequest(exchange -> Decision.withBody(1 << 20, body -> {
            CompletableFuture<Decision> future = new CompletableFuture<>();
            waiting.add(future);
            return Decision.await(future);
        }));
    }

    private double faults(String code) {
        return gateway.metric("tidegate_faults_total", "code=\"" + code + "\"");
    }

    @Test
    void offloadedWorkMayBlockAndTheNextPolicyRunsOnTheEventLoop() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        List<String> threads = new CopyOnWriteArrayList<>();
        start(PolicyBounds.ofProcess(), onRequest(exchange -> exchange.request().path().equals("/slow")
                ? exchange.offload(() -> {
                    gate.pass();
                    threads.add(Thread.currentThread().isVirtual() ? "virtual" : "platform");
                    return Decision.next();
                })
                : Decision.next()), onRequest(exchange -> {
                    threads.add(Thread.currentThread().getName());
                    return Decision.respond(Reply.of(200).withBody("text/plain", exchange.request().path()));
                }));
        try (RawClient slow = gateway.client(); RawClient quick = gateway.client()) {
            slow.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
            for (int i = 0; i < 3; i++) {
                assertThat(quick.get("/quick").body()).isEqualTo("/quick");
            }
            gate.open();
            assertThat(slow.receive().body()).isEqualTo("/slow");
        }
        assertThat(threads).hasSize(5).contains("virtual").filteredOn(name -> name.startsWith("tidegate-worker"))
                .hasSize(4);
    }

    @Test
    void offloadedWorkThatThrowsFailsTheRequest() {
        start(PolicyBounds.ofProcess(), onRequest(exchange -> exchange.offload(() -> {
            if (exchange.toString().isEmpty()) {
                return Decision.next();
            }
            throw new java.io.IOException("made up");
        })));
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 2; i++) {
                RawResponse failed = client.get("/");
                assertThat(failed.status()).isEqualTo(500);
                assertThat(failed.fault()).isEqualTo("policy.failed");
            }
        }
        assertThat(upstream.requestCount()).isZero();
    }

    @Test
    void aFaultThatWorkThrowsIsTheAnswer() {
        start(PolicyBounds.ofProcess(), onRequest(exchange -> exchange.offload(() -> {
            throw new FaultException(Fault.LIMIT_EXCEEDED);
        })), onRequest(exchange -> Decision.await(CompletableFuture.failedFuture(
                new FaultException(Fault.LENGTH_REQUIRED)))));
        try (RawClient client = gateway.client()) {
            assertThat(client.get("/").fault()).isEqualTo("limit.exceeded");
        }
    }

    @Test
    void moreBlockingWorkThanThereMayBeIsRefusedUntilThereIsRoom() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        AtomicInteger taken = new AtomicInteger();
        start(PolicyBounds.ofProcess(), onRequest(exchange -> {
            if (exchange.request().path().equals("/one")) {
                return exchange.offload(Decision::next);
            }
            for (int i = 0; i < OFFLOADS; i++) {
                boolean started = exchange.offload(() -> {
                    gate.pass();
                    return Decision.next();
                }) instanceof Decision.Await;
                taken.addAndGet(started ? 1 : 0);
            }
            return Decision.next();
        }));
        try (RawClient client = gateway.client()) {
            assertThat(client.get("/fill").status()).isEqualTo(200);
            assertThat(taken).as("works that were begun").hasValue(OFFLOADS);
            checkOverloaded(client.get("/one"));
            gate.open();
            Await.until("room", () -> client.get("/one").status() == 200);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatTakesTooLongToDecideIsA504AndMayStillDecideWithoutHarm(boolean onResponse) {
        LinkedBlockingQueue<CompletableFuture<Decision>> waiting = new LinkedBlockingQueue<>();
        Function<Exchange, Decision> awaiting = exchange -> {
            if (!exchange.request().path().equals("/slow")) {
                return Decision.next();
            }
            CompletableFuture<Decision> never = new CompletableFuture<>();
            waiting.add(never);
            return Decision.await(never);
        };
        start(new PolicyBounds(1 << 20, Duration.ofMillis(200)), new Policy() {
            @Override
            public Decision onRequest(Exchange exchange) {
                return onResponse ? Decision.next() : awaiting.apply(exchange);
            }

            @Override
            public Decision onResponse(Exchange exchange) {
                return onResponse && exchange.response().fromUpstream() ? awaiting.apply(exchange) : Decision.next();
            }
        });
        try (RawClient client = gateway.client()) {
            RawResponse late = client.get("/slow");
            assertThat(late.status()).isEqualTo(504);
            assertThat(late.fault()).isEqualTo("policy.timeout");
            waiting.remove().complete(Decision.respond(Reply.of(418)));
            assertThat(client.get("/quick").body()).isEqualTo("hello");
            assertThat(client.get("/slow").status()).isEqualTo(504);
        }
        assertThat(faults("policy.timeout")).isEqualTo(2);
        assertThat(upstream.requestCount()).isEqualTo(onResponse ? 3 : 1);
    }

    @Test
    void aClientThatLeavesWhileAPolicyWaitsIsNotServed() {
        LinkedBlockingQueue<CompletableFuture<Decision>> waiting = new LinkedBlockingQueue<>();
        List<String> ends = new CopyOnWriteArrayList<>();
        start(PolicyBounds.ofProcess(), holding(waiting), new Policy() {
            @Override
            public void onEnd(Exchange exchange, Outcome outcome) {
                ends.add("ran");
            }
        });
        try (RawClient client = gateway.client()) {
            client.send(POST);
            Await.until("the policy to wait", () -> !waiting.isEmpty());
            client.reset();
        }
        Await.until("the end", () -> faults("client.closed") == 1);
        waiting.remove().complete(Decision.next());
        try (RawClient client = gateway.client()) {
            client.send(POST);
            Await.until("the policy to wait again", () -> !waiting.isEmpty());
            waiting.remove().complete(Decision.next());
            assertThat(client.receive("POST").status()).isEqualTo(200);
        }
        assertThat(upstream.requestCount()).isEqualTo(1);
        assertThat(ends).as("ends of exchanges that the second policy had seen").hasSize(1);
    }

    private static void checkOverloaded(RawResponse refused) {
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.fault()).isEqualTo("gateway.overloaded");
        assertThat(refused.field("retry-after")).isIn("1", "2", "3", "4");
    }

    @Test
    void bodiesBeyondTheBudgetAreRefusedUntilThereIsRoom() {
        LinkedBlockingQueue<CompletableFuture<Decision>> waiting = new LinkedBlockingQueue<>();
        start(ROOM_FOR_ONE, holding(waiting));
        try (RawClient first = gateway.client()) {
            for (int i = 0; i < 3; i++) {
                first.send(POST);
                Await.until("the first to be held", () -> !waiting.isEmpty());
                try (RawClient second = gateway.client()) {
                    checkOverloaded(second.exchange(POST));
                }
                waiting.remove().complete(Decision.next());
                assertThat(first.receive("POST").status()).isEqualTo(200);
            }
        }
        assertThat(faults("gateway.overloaded")).isEqualTo(3);
        assertThat(upstream.requests()).hasSize(3).allMatch(request -> request.body().equals(BODY));
    }

    @Test
    void aBodyThatWasHeldCountsUntilItsExchangeIsOver() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        upstream.script(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                gate.pass();
                connection.answer("ok");
            }
        });
        start(ROOM_FOR_ONE, onRequest(exchange -> Decision.withBody(1 << 20, body -> Decision.next())));
        try (RawClient first = gateway.client(); RawClient second = gateway.client()) {
            first.send(POST);
            upstream.request(0);
            checkOverloaded(second.exchange(POST));
            gate.open();
            assertThat(first.receive("POST").body()).isEqualTo("ok");
        }
        try (RawClient second = gateway.client()) {
            assertThat(second.exchange(POST).body()).isEqualTo("ok");
        }
    }

    @Test
    void bodiesOfResponsesCountToo() {
        upstream.script(
                TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + "x".repeat(200_000)));
        start(ROOM_FOR_ONE, new Policy() {
            @Override
            public Decision onResponse(Exchange exchange) {
                return exchange.request().path().equals("/held")
                        ? Decision.withBody(1 << 20, body -> Decision.next())
                        : Decision.next();
            }
        });
        try (RawClient client = gateway.client()) {
            checkOverloaded(client.get("/held"));
            assertThat(client.get("/passed").body()).hasSize(200_000);
            checkOverloaded(client.get("/held"));
        }
    }
}
