package io.tidegate.tests.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.TestUpstream.Gate;
import io.tidegate.tests.GatewayYaml;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// How many requests run at a service, and what becomes of the others.
class ConcurrencyTest extends LimitsFixture {

    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private final Gate gate = new Gate();

    private TestUpstream gated() {
        return service(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                gate.pass();
                connection.send(HELLO);
            }
        });
    }

    private RawClient begin(String path) {
        return gateway.client().send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    private void awaitRunning(int count) {
        Await.until(() -> count + " to run, are " + running(), () -> running() == count);
    }

    private void awaitWaiting(int count) {
        Await.until(() -> count + " to wait, do " + waiting(), () -> waiting() == count);
    }

    @Test
    void whatIsBeyondTheNumberIsAnsweredAtOnceAndNotHeldAgainstTheEndpoint() {
        TestUpstream service = gated();
        run("maxConcurrency: { kind: fixed, limit: 2, maxWait: 0s }, outlierDetection: { consecutiveErrors: 1 }",
                service);
        try (RawClient one = begin("/"); RawClient two = begin("/")) {
            awaitRunning(2);
            for (int i = 0; i < 50; i++) {
                RawResponse refused = get();
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.fault()).isEqualTo("upstream.limited");
                assertThat(refused.field("retry-after")).isIn("1", "2", "3", "4");
            }
            assertThat(refused()).isEqualTo(50);
            gate.open();
            assertThat(one.receive().status()).isEqualTo(200);
            assertThat(two.receive().status()).isEqualTo(200);
        }

        assertThat(get().status()).isEqualTo(200);
        assertThat(service.requestCount()).isEqualTo(3);
        assertThat(gateway.metric("tidegate_upstream_faults_total", "")).isZero();
        awaitRunning(0);
    }

    @Test
    void requestsWaitForTheirTurn() {
        run("maxConcurrency: { kind: fixed, limit: 1, maxWait: 30s }", gated());
        try (RawClient one = begin("/"); RawClient two = begin("/"); RawClient three = begin("/")) {
            awaitWaiting(2);
            assertThat(running()).isEqualTo(1);
            gate.open();
            assertThat(one.receive().status()).isEqualTo(200);
            assertThat(two.receive().status()).isEqualTo(200);
            assertThat(three.receive().status()).isEqualTo(200);
        }
        awaitRunning(0);
        awaitWaiting(0);
    }

    @Test
    void whoHasWaitedForNothingIsAnswered503() {
        run("maxConcurrency: { kind: fixed, limit: 1, maxWait: 20ms }", gated());
        try (RawClient one = begin("/")) {
            awaitRunning(1);
            assertThat(get().fault()).isEqualTo("upstream.limited");
            gate.open();
            assertThat(one.receive().status()).isEqualTo(200);
        }
    }

    @Test
    void aClientThatLeavesLeavesTheQueueToo() {
        run("maxConcurrency: { kind: fixed, limit: 1, maxWait: 30s }", gated());
        try (RawClient one = begin("/")) {
            awaitRunning(1);
            RawClient two = begin("/");
            awaitWaiting(1);
            two.reset();
            awaitWaiting(0);
            gate.open();
            assertThat(one.receive().status()).isEqualTo(200);
        }
        awaitRunning(0);
    }

    @Test
    void theMostCriticalComeFirst() {
        List<String> served = new CopyOnWriteArrayList<>();
        TestUpstream service = service(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                served.add(next.target());
                gate.pass();
                connection.send(HELLO);
            }
        });
        gateway = TestGateway.start("""
                listeners: { default: { address: "127.0.0.1:0" } }
                upstreams:
                  all: { endpoints: ["%s"], maxConcurrency: { kind: fixed, limit: 1, maxWait: 30s, maxWaiting: 2 } }
                routes:
                  low: { match: [{ path: "/low" }], upstream: all, criticality: low }
                  normal: { match: [{ path: "/normal" }], upstream: all }
                  critical: { match: [{ path: "/critical" }], upstream: all, criticality: critical }
                telemetry: { accessLog: { to: none } }
                """.formatted(service.url()));
        try (RawClient first = begin("/normal")) {
            awaitRunning(1);
            try (RawClient low = begin("/low")) {
                awaitWaiting(1);
                try (RawClient normal = begin("/normal")) {
                    awaitWaiting(2);
                    try (RawClient critical = begin("/critical")) {
                        // There is room for two: the least critical one is turned away for it.
                        assertThat(low.receive().fault()).isEqualTo("upstream.limited");
                        gate.open();
                        assertThat(critical.receive().status()).isEqualTo(200);
                        assertThat(normal.receive().status()).isEqualTo(200);
                        assertThat(first.receive().status()).isEqualTo(200);
                    }
                }
            }
        }
        assertThat(served).containsExactly("/normal", "/critical", "/normal");
    }

    @Test
    void streamsGiveTheirPlaceBackWithTheirHead() {
        TestUpstream service = service(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                if (next.target().equals("/events")) {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
                    connection.awaitEnd();
                } else if (next.target().equals("/stream")) {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
                    connection.awaitEnd();
                } else {
                    connection.send(HELLO);
                }
            }
        });
        run("""
                listeners: { default: { address: "127.0.0.1:0" } }
                upstreams:
                  all: { endpoints: ["%s"], maxConcurrency: 1 }
                routes:
                  all: { upstream: all }
                  stream: { match: [{ path: "/stream" }], upstream: all, streaming: true }
                telemetry: { accessLog: { to: none } }
                """.formatted(service.url()));
        try (RawClient events = begin("/events"); RawClient stream = begin("/stream")) {
            Await.until("both to have begun", () -> events.received() >= 0 && service.requestCount() == 2);
            awaitRunning(0);
            for (int i = 0; i < 10; i++) {
                assertThat(get().status()).isEqualTo(200);
            }
        }
        awaitRunning(0);
    }

    @Test
    void aServiceThatNeverAnswersGetsLessAndOthersDoNotNotice() throws InterruptedException {
        TestUpstream silent = service(TestUpstream.silent());
        TestUpstream well = hello();
        run("""
                listeners: { default: { address: "127.0.0.1:0" } }
                upstreams:
                  silent: { endpoints: ["%s"], retry: { attempts: 0 } }
                  well: { endpoints: ["%s"] }
                routes:
                  silent: { match: [{ path: "/silent" }], upstream: silent, timeouts: { request: 100ms } }
                  well: { match: [{ path: "/well" }], upstream: well }
                telemetry: { accessLog: { to: none } }
                """.formatted(silent.url(), well.url()));
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger late = new AtomicInteger();
        AtomicInteger other = new AtomicInteger();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                try (RawClient client = gateway.client()) {
                    while (!over.get()) {
                        RawResponse response = client.get("/silent");
                        boolean timeOut = response.status() == 504 && response.fault().equals("upstream.timeout");
                        boolean limited = response.status() == 503 && response.fault().equals("upstream.limited");
                        (timeOut ? late : limited ? new AtomicInteger() : other).incrementAndGet();
                    }
                }
            }));
        }
        try (RawClient client = gateway.client()) {
            Await.until("its limit to fall to the least", () -> {
                assertThat(client.get("/well").status()).isEqualTo(200);
                return gateway.metric("tidegate_upstream_concurrency_limit", "upstream=\"silent\"") == 3;
            });
        }
        over.set(true);
        for (Thread client : clients) {
            client.join();
        }

        assertThat(late.get()).isGreaterThan(20);
        assertThat(other).hasValue(0);
        assertThat(gateway.metric("tidegate_upstream_concurrency_limit", "upstream=\"well\"")).isEqualTo(10_000);
        assertThat(gateway.metric("tidegate_upstream_concurrency_refused_total", "upstream=\"well\"")).isZero();
        awaitRunning(0);
    }

    @Test
    void byDefaultNobodyIsHeldBackAtAServiceThatIsWell() throws InterruptedException {
        run(GatewayYaml.to(hello()).text());
        List<Thread> clients = new ArrayList<>();
        AtomicInteger failed = new AtomicInteger();
        for (int i = 0; i < 16; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                try (RawClient client = gateway.client()) {
                    for (int k = 0; k < 200; k++) {
                        failed.addAndGet(client.exchange(GET).status() == 200 ? 0 : 1);
                    }
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }

        assertThat(failed).hasValue(0);
        assertThat(refused()).isZero();
        assertThat(gateway.metric("tidegate_upstream_concurrency_waits_total", "")).isZero();
        awaitRunning(0);
    }
}
