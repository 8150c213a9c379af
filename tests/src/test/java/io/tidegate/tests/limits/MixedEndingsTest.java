package io.tidegate.tests.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Whatever way a request ends, its place is for somebody else.
class MixedEndingsTest extends LimitsFixture {

    private static final int CLIENTS = 12;
    private static final int REQUESTS = 3_000;
    private static final int STREAMS = 6;
    private static final int LIMIT = 6;
    private static final String KEYS = "maxConcurrency: { kind: fixed, limit: " + LIMIT
            + ", maxWait: 40ms, maxWaiting: 4 }, outlierDetection: false, circuitBreaker: { openFor: 50ms }, "
            + "retry: { attempts: 2, on: [connectFailure, reset, timeout, 503], budget: 100%, "
            + "backoff: { base: 1ms, max: 2ms } }, connections: { maxPerEndpoint: 4, maxWait: 20ms }";
    private static final String[] ENDINGS = {"ok", "ok", "ok", "ok", "unavailable", "close", "short", "chunks", "late",
        "events", "invalid"};

    @Test
    void everyPlaceComesBackByHttp1() throws InterruptedException {
        TestUpstream service = service(connection -> {
            RawRequest next = connection.request();
            while (next != null) {
                switch (next.target()) {
                    case "/unavailable" -> connection.send("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
                    case "/close" -> {
                        return;
                    }
                    case "/short" -> {
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel");
                        return;
                    }
                    case "/chunks" -> connection.send(
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
                    case "/late", "/events" -> {
                        if (next.target().equals("/events")) {
                            connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
                        }
                        connection.awaitEnd();
                        return;
                    }
                    case "/invalid" -> {
                        connection.send("HTTP/9 what\r\n\r\n");
                        return;
                    }
                    default -> connection.send(HELLO);
                }
                next = connection.request();
            }
        });
        service.forget();
        run(GatewayYaml.to(service).upstream(KEYS)
                .route("timeouts: { request: 60ms, perTry: 30ms, idle: 40ms }").text());
        mix(REQUESTS, this::raw);

        allIsBack();
    }

    private void raw(SplittableRandom random) {
        String ending = ENDINGS[random.nextInt(ENDINGS.length)];
        boolean post = random.nextInt(4) == 0;
        try (RawClient client = gateway.client()) {
            client.send(post
                    ? "POST /" + ending + " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel"
                    : "GET /" + ending + " HTTP/1.1\r\nHost: a\r\n\r\n");
            if (random.nextInt(4) == 0) {
                client.reset();
                return;
            }
            if (post) {
                client.send("lo");
            }
            client.receive(post ? "POST" : "GET");
        } catch (UncheckedIOException e) {
            // Broken off, as it should be.
        }
    }

    @Test
    void everyPlaceComesBackByHttp2() throws InterruptedException {
        TestUpstream service = service(connection -> {
            Http2Service framed = Http2Service.accept(connection);
            for (Http2Service.Request next = framed.request(); next != null; next = framed.request()) {
                switch (String.valueOf(next.field(":path"))) {
                    case "/unavailable" -> framed.answer(next, 503, "");
                    case "/close" -> framed.reset(next.stream(), 7);
                    case "/short" -> {
                        framed.headers(next.stream(), false, ":status", "200");
                        framed.reset(next.stream(), 2);
                    }
                    case "/invalid" -> framed.headers(next.stream(), true, "status", "200");
                    case "/late" -> {
                        // Nobody answers it.
                    }
                    default -> framed.answer(next, 200, "hello");
                }
            }
        });
        service.forget();
        run(GatewayYaml.to(service).upstream(KEYS).upstream("protocol: h2c")
                .route("timeouts: { request: 60ms, perTry: 30ms, idle: 40ms }").text());
        mix(REQUESTS / STREAMS, this::framed);

        allIsBack();
    }

    private void framed(SplittableRandom random) {
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                streams.add(client.request("GET", "/" + ENDINGS[random.nextInt(ENDINGS.length)], true));
                if (random.nextInt(3) == 0) {
                    client.reset(streams.removeLast(), 8);
                }
            }
            streams.forEach(client::response);
        } catch (UncheckedIOException e) {
            // Broken off, as it should be.
        }
    }

    /// Lets clients do this, many times at once.
    private void mix(int times, Consumer<SplittableRandom> one) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(times);
        List<Thread> clients = new ArrayList<>();
        SplittableRandom seeds = new SplittableRandom(7);
        for (int i = 0; i < CLIENTS; i++) {
            SplittableRandom random = seeds.split();
            clients.add(Thread.ofVirtual().start(() -> {
                while (left.getAndDecrement() > 0) {
                    one.accept(random);
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
    }

    /// Nothing runs and nobody waits.
    private void allIsBack() {
        Await.until(() -> running() + " run, " + waiting() + " wait", () -> running() == 0 && waiting() == 0);
        assertThat(gateway.metric("tidegate_upstream_concurrency_waits_total", "")).isPositive();
        assertThat(gateway.metric("tidegate_faults_total", "upstream.timeout")).isPositive();
        Await.until("its breakers to be closed", () -> get("/ok").status() == 200);
    }
}
