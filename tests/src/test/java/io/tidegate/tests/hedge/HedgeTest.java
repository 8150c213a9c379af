package io.tidegate.tests.hedge;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.UpstreamConnection;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Two tries of one request at the same time, at two endpoints: one of them serves the client, whatever becomes of the
/// other.
class HedgeTest {

    private static final String GET = "GET /p HTTP/1.1\r\nHost: a\r\n\r\n";

    private final TestUpstream one = TestUpstream.hello();
    private final TestUpstream other = TestUpstream.hello();
    private final TestGateway gateway = TestGateway.proxyTo(one, other);
    private final TestUpstream.Gate firstGoes = new TestUpstream.Gate();
    private final TestUpstream.Gate secondGoes = new TestUpstream.Gate();

    @AfterEach
    void stop() {
        firstGoes.open();
        secondGoes.open();
        gateway.close();
        one.close();
        other.close();
    }

    /// What a service does with a request.
    @FunctionalInterface
    private interface Step {
        void serve(UpstreamConnection connection, RawRequest request) throws IOException;
    }

    /// Serves the first try of a request by the first step and so on, whichever endpoint it comes to, and in whichever
    /// order they arrive.
    private void steps(String hedge, String more, Step... steps) {
        for (TestUpstream service : List.of(one, other)) {
            service.script(connection -> {
                for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                    String number = next.field("x-attempt");
                    steps[number == null ? 0 : Integer.parseInt(number) - 1].serve(connection, next);
                }
            });
        }
        gateway.apply(GatewayYaml.to(one, other).upstream(more).route("hedge: { " + hedge + " }").text());
    }

    private static final String QUICK = "retry: { attempts: 2, budget: 100%, attemptHeader: X-Attempt,"
            + " backoff: { base: 1ms, max: 1ms } }";

    private static Step says(String text) {
        return (connection, request) -> connection.answer(text);
    }

    private static Step silent() {
        return (connection, request) -> connection.awaitEnd();
    }

    private static Step waitsFor(TestUpstream.Gate gate, Step then) {
        return (connection, request) -> {
            gate.pass();
            then.serve(connection, request);
        };
    }

    private static Step opens(TestUpstream.Gate gate, Step then) {
        return (connection, request) -> {
            gate.open();
            then.serve(connection, request);
        };
    }

    private static Step breaks() {
        return (connection, request) -> connection.reset();
    }

    private int requests() {
        return one.requestCount() + other.requestCount();
    }

    private double hedges(String result) {
        return gateway.metric("tidegate_hedges_total", "upstream=\"all\",result=\"" + result + '"');
    }

    private String get() {
        try (RawClient client = gateway.client()) {
            return client.exchange(GET).body();
        }
    }

    private void onlyOneConnectionIsLeft() {
        Await.until("the connection of the loser to be given up", () -> one.open() + other.open() <= 1);
    }

    @Test
    void theSecondIsAnsweredFirst() {
        steps("after: 1ms", QUICK, silent(), says("second"));
        assertThat(get()).isEqualTo("second");
        assertThat(hedges("won")).isOne();
        assertThat(requests()).isEqualTo(2);
        assertThat(one.requestCount()).isOne();
        onlyOneConnectionIsLeft();
    }

    @Test
    void theFirstIsAnsweredFirstAfterAll() {
        steps("after: 1ms", QUICK, waitsFor(firstGoes, says("first")), opens(firstGoes, silent()));
        assertThat(get()).isEqualTo("first");
        assertThat(hedges("lost")).isOne();
        assertThat(requests()).isEqualTo(2);
        onlyOneConnectionIsLeft();
    }

    @Test
    void whatMayNotBeDoneTwiceIsSentOnce() {
        steps("after: 1ms", QUICK, opens(firstGoes, waitsFor(secondGoes, says("first"))), says("second"));
        try (RawClient client = gateway.client(); RawClient another = gateway.client()) {
            client.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
            Await.until("it to be there", () -> requests() == 1);
            // One that is hedged meanwhile, so that the time of the other is over too.
            assertThat(another.exchange("PUT /q HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").body())
                    .isEqualTo("second");
            secondGoes.open();
            assertThat(client.receive().body()).isEqualTo("first");
        }
        // The first try of the other may have been given up before it was sent.
        assertThat(Stream.of(one, other)
                .flatMap(service -> IntStream.range(0, service.requestCount()).mapToObj(service::request))
                .filter(request -> request.line().startsWith("POST "))).hasSize(1);
    }

    @Test
    void aBodyIsSentToBothAlike() {
        steps("after: 1ms", QUICK, silent(), says("second"));
        String body = "0123456789".repeat(2000);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("POST /p HTTP/1.1\r\nHost: a\r\nIdempotency-Key: 1\r\nContent-Length: "
                    + body.length() + "\r\n\r\n" + body).body()).isEqualTo("second");
        }
        assertThat(Stream.of(one, other).map(service -> service.request(0).body())).containsExactly(body, body);
        assertThat(hedges("won")).isOne();
    }

    @Test
    void aBodyInChunksIsSentToBothAlike() {
        steps("after: 1ms", QUICK, silent(), says("second"));
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("PUT /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n").body()).isEqualTo("second");
        }
        assertThat(Stream.of(one, other).map(service -> service.request(0).body())).containsExactly("abcdefg",
                "abcdefg");
    }

    @Test
    void theSecondBreaks() {
        steps("after: 1ms", QUICK, waitsFor(firstGoes, says("first")), opens(secondGoes, breaks()));
        try (RawClient client = gateway.client()) {
            client.send(GET);
            Await.until("it to be counted", () -> hedges("failed") == 1);
            firstGoes.open();
            assertThat(client.receive().body()).isEqualTo("first");
        }
        assertThat(requests()).isEqualTo(2);
    }

    @Test
    void theFirstBreaksWhileTheSecondRuns() {
        steps("after: 1ms", QUICK, waitsFor(firstGoes, breaks()),
                opens(firstGoes, waitsFor(secondGoes, says("second"))));
        try (RawClient client = gateway.client()) {
            client.send(GET);
            Await.until("the first to be lost", () -> one.open() + other.open() == 1 && requests() == 2);
            secondGoes.open();
            assertThat(client.receive().body()).isEqualTo("second");
        }
        assertThat(hedges("won")).isOne();
        assertThat(requests()).isEqualTo(2);
    }

    @Test
    void bothBreakAndTheRequestIsSentOnceMore() {
        steps("after: 1ms", QUICK, waitsFor(firstGoes, breaks()), opens(firstGoes, waitsFor(firstGoes, breaks())),
                says("third"));
        assertThat(get()).isEqualTo("third");
        assertThat(hedges("failed")).isOne();
        assertThat(requests()).isEqualTo(3);
    }

    @Test
    void theWinnerBreaksBehindItsHead() {
        steps("after: 1ms", QUICK, silent(), (connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            connection.close();
        });
        try (RawClient client = gateway.client()) {
            client.send(GET).ending();
        }
        assertThat(hedges("won")).isOne();
        assertThat(requests()).isEqualTo(2);
        Await.until("both to be given up", () -> one.open() + other.open() == 0);
    }

    @Test
    void anAnswerThatWouldBeTriedAgainWaitsForTheOther() {
        steps("after: 1ms", QUICK.replace("attempts: 2", "attempts: 2, on: [503]"),
                waitsFor(firstGoes, (connection, request) -> {
                    connection.send("HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno");
                    secondGoes.open();
                }), opens(firstGoes, waitsFor(secondGoes, says("second"))));
        assertThat(get()).isEqualTo("second");
        assertThat(requests()).isEqualTo(2);
    }

    @Test
    void aClientThatLeavesTakesBothWithIt() {
        steps("after: 1ms", QUICK, silent(), silent());
        try (RawClient client = gateway.client()) {
            client.send(GET);
            Await.until("both to be there", () -> requests() == 2);
        }
        Await.until("both to be given up", () -> one.open() + other.open() == 0);
        assertThat(hedges("lost")).isOne();
    }

    @Test
    void withOneEndpointOrNoBudgetNothingIsSentTwice() {
        one.script(connection -> {
            if (connection.request() != null) {
                Await.until("so many ticks", () -> gateway.metric("tidegate_loop_lag_seconds_count", "") > 20);
                connection.answer("alone");
            }
        });
        gateway.apply(GatewayYaml.to(one).upstream(QUICK).route("hedge: { after: 1ms }").text());
        assertThat(get()).isEqualTo("alone");
        assertThat(requests()).isOne();
        assertThat(gateway.metric("tidegate_hedges_total", "")).isZero();
    }

    @Test
    void byHttp2OnBothSides() {
        AtomicInteger served = new AtomicInteger();
        for (TestUpstream service : List.of(one, other)) {
            service.script(connection -> {
                Http2Service to = Http2Service.accept(connection);
                for (Http2Service.Request next = to.request(); next != null; next = to.request()) {
                    served.getAndIncrement();
                    if (next.field("x-attempt") != null || "/p".equals(next.field(":path"))) {
                        to.answer(next, 200, "second " + next.body());
                    }
                }
            });
        }
        gateway.apply(GatewayYaml.to(one, other).upstream(QUICK).upstream("protocol: h2c")
                .route("hedge: { after: 1ms }").text());
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            int stream = client.request("PUT", "/first", false);
            client.upload(stream, "abc");
            assertThat(client.response(stream).body()).isEqualTo("second abc");
            for (int i = 0; i < 20; i++) {
                assertThat(client.get("/p").body()).isEqualTo("second ");
            }
        }
        double all = gateway.metric("tidegate_hedges_total", "");
        assertThat(hedges("won")).isPositive();
        assertThat(served.get()).isBetween(22, 21 + (int) all);
    }

    @Test
    void itIsMeasuredHowLongTheFirstIsWaitedFor() {
        AtomicInteger served = new AtomicInteger();
        for (TestUpstream service : List.of(one, other)) {
            service.script(connection -> {
                for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                    served.getAndIncrement();
                    if (next.target().equals("/slow") && next.field("x-attempt") == null) {
                        connection.awaitEnd();
                    } else {
                        connection.answer("quick");
                    }
                }
            });
        }
        gateway.apply(GatewayYaml.to(one, other).upstream("retry: { budget: 100%, attemptHeader: X-Attempt }")
                .route("hedge: { least: 500ms }").text());
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 150; i++) {
                assertThat(client.exchange(GET).body()).isEqualTo("quick");
            }
            assertThat(gateway.metric("tidegate_hedges_total", "")).isZero();
            assertThat(client.get("/slow").body()).isEqualTo("quick");
        }
        assertThat(hedges("won")).isOne();
        assertThat(served.get()).isEqualTo(152);
    }

    @Test
    void bothAreAnsweredAtTheSameTimeThousandsOfTimes() throws Exception {
        int clients = 40;
        int each = 60;
        Map<String, CountDownLatch> both = new ConcurrentHashMap<>();
        Map<TestUpstream, String> marks = Map.of(one, "1", other, "2");
        for (TestUpstream service : List.of(one, other)) {
            String mark = Objects.requireNonNull(marks.get(service));
            service.script(connection -> {
                for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                    CountDownLatch latch = both.computeIfAbsent(next.target(), path -> new CountDownLatch(2));
                    latch.countDown();
                    meet(latch);
                    String body = next.target() + ' ' + mark.repeat(3000);
                    connection.send("HTTP/1.1 200 OK\r\nX-Path: " + next.target() + "\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body);
                }
            });
        }
        gateway.apply(
                // The services answer once both tries are there, so that none may be held back.
                GatewayYaml.to(one, other).upstream("retry: { budget: 100% }, connections: { maxPerEndpoint: 200 }, "
                        + "maxConcurrency: unlimited").route("hedge: { after: 1ms }").text());
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            List<Future<Integer>> results = new ArrayList<>();
            for (int c = 0; c < clients; c++) {
                int number = c;
                results.add(threads.submit(() -> many(number, each)));
            }
            int right = 0;
            for (Future<Integer> result : results) {
                right += result.get();
            }
            assertThat(right).isEqualTo(clients * each);
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
        int sent = clients * each;
        double hedged = gateway.metric("tidegate_hedges_total", "");
        assertThat(hedged).isGreaterThan(sent * 0.9);
        assertThat(requests()).isLessThanOrEqualTo((int) (sent + hedged));
        assertThat(gateway.metric("tidegate_requests_total", "status_class=\"2xx\"")).isEqualTo(sent);
        assertThat(gateway.metric("tidegate_faults_total", "")).isZero();
        assertThat(gateway.metric("tidegate_retries_total", "")).isZero();
    }

    private static void meet(CountDownLatch latch) throws IOException {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /// Sends one request after the other; each answer must be of its request, and of one service as a whole.
    private int many(int number, int count) {
        int right = 0;
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < count; i++) {
                String path = "/" + number + "/" + i;
                RawResponse response = client.get(path);
                boolean whole = response.body().equals(path + ' ' + "1".repeat(3000))
                        || response.body().equals(path + ' ' + "2".repeat(3000));
                right += whole && path.equals(response.field("x-path")) ? 1 : 0;
            }
        }
        return right;
    }
}
