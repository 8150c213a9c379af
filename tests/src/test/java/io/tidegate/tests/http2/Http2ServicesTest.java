package io.tidegate.tests.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.Http2Service.Request;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawField;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Services that speak HTTP/2 without TLS, behind clients of HTTP/1.1 and of HTTP/2.
class Http2ServicesTest extends Http2ServicesFixture {

    private static final int MAX_CONCURRENT_STREAMS = 3;

    // Requests.

    @Test
    void aRequestOfHttp11GoesOnAsTheSameRequestOfHttp2() {
        TestGateway started = serve((service, request) -> service.answer(request, 200, "hello", "x-made", "by me"));
        try (RawClient client = started.client()) {
            RawResponse response = client.exchange(
                    "GET /p?q=1 HTTP/1.1\r\nHost: a.test\r\nX-A: 1\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n");

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("hello");
            assertThat(response.field("x-made")).isEqualTo("by me");
        }
        Request request = requests.getFirst();
        assertThat(request.fields().stream().limit(4).map(RawField::name))
                .containsExactlyInAnyOrder(":method", ":scheme", ":authority", ":path");
        assertThat(request.field(":method")).isEqualTo("GET");
        assertThat(request.field(":scheme")).isEqualTo("http");
        assertThat(request.field(":authority")).isEqualTo("a.test");
        assertThat(request.field(":path")).isEqualTo("/p?q=1");
        assertThat(request.field("x-a")).isEqualTo("1");
        assertThat(request.field("via")).isEqualTo("1.1 tidegate");
        assertThat(request.fields()).extracting(RawField::name)
                .allMatch(name -> name.equals(name.toLowerCase(Locale.ROOT)))
                .doesNotContain("connection", "host", "x-hop", "keep-alive", "transfer-encoding");
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "true, 1", "true, 70000", "true, 1500000", "false, 0", "false, 1", "false, 70000",
        "false, 1500000"})
    void bodiesPassWholeInBothDirections(boolean http2, int length) {
        TestGateway started = serve((service, request) -> service.answer(request, 200, request.body()));
        if (http2) {
            try (Http2Client client = Http2Client.connect(started.address())) {
                int stream = client.request("POST", "/", length == 0);
                client.upload(stream, text(length));
                Http2Response response = client.response(stream);
                assertThat(response.complete()).isTrue();
                assertThat(response.body().equals(text(length))).isTrue();
            }
        } else {
            try (RawClient client = started.client()) {
                assertThat(client.exchange(post(length)).body().equals(text(length))).isTrue();
                String chunks = length == 0 ? "" : Integer.toHexString(length) + "\r\n" + text(length) + "\r\n";
                assertThat(client.exchange("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
                        + "0\r\n\r\n").body().equals(text(length))).isTrue();
            }
        }
        assertThat(requests).allMatch(request -> request.body().equals(text(length)));
        assertThat(upstream().connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"Authorization, false", "Cookie, false", "X-Other, true"})
    void secretsAreNotRememberedBetweenRequests(String name, boolean remembered) {
        TestGateway started = serve((service, request) -> service.answer(request, 200, ""));
        try (RawClient client = started.client()) {
            for (int i = 0; i < 2; i++) {
                client.exchange("GET / HTTP/1.1\r\nHost: a\r\n" + name + ": " + text(500) + "\r\n\r\n");
            }
        }
        assertThat(requests.getLast().field(name.toLowerCase(Locale.ROOT))).isEqualTo(text(500));
        assertThat(requests.getLast().headBytes() < 300).as("compressed to %s bytes", requests.getLast().headBytes())
                .isEqualTo(remembered);
    }

    @Test
    void manyRequestsShareOneConnection() {
        Gate together = new Gate();
        AtomicInteger waiting = new AtomicInteger();
        TestGateway started = serve(connection -> {
            Http2Service service = Http2Service.accept(connection);
            List<Request> all = new ArrayList<>();
            while (all.size() < 50) {
                Request request = service.request();
                if (request == null) {
                    return;
                }
                all.add(request);
                waiting.incrementAndGet();
            }
            together.pass();
            // In another order than they came.
            for (Request request : all.reversed()) {
                service.answer(request, 200, String.valueOf(request.field(":path")));
            }
            service.awaitEnd();
        });
        try (Http2Client client = Http2Client.connect(started.address())) {
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                streams.add(client.request("GET", "/" + i, true));
            }
            Await.until("all of them to be there", () -> waiting.get() == 50);
            together.open();
            for (int i = 0; i < 50; i++) {
                assertThat(client.response(streams.get(i)).body()).isEqualTo("/" + i);
            }
        }
        assertThat(upstream().connections()).isEqualTo(1);
    }

    @Test
    void noMoreRequestsAtATimeThanTheServiceAllows() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        TestGateway started = serve(connection -> {
            Http2Service service = Http2Service.accept(connection, MAX_CONCURRENT_STREAMS, 2);
            List<Request> open = new ArrayList<>();
            for (Request next = service.request(); next != null; next = service.request()) {
                requests.add(next);
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                open.add(next);
                if (open.size() == 2 || requests.size() == 9) {
                    for (Request request : open) {
                        running.decrementAndGet();
                        service.answer(request, 200, "x");
                    }
                    open.clear();
                }
            }
        }, "connections: { maxPerEndpoint: 1, maxWait: 20s }");
        try (RawClient first = started.client()) {
            first.send(GET);
            try (Http2Client client = Http2Client.connect(started.address())) {
                // The settings are known when the first answer has come.
                int begin = client.request("GET", "/0", true);
                assertThat(client.response(begin).status()).isEqualTo(200);
                assertThat(first.receive().status()).isEqualTo(200);
                List<Integer> streams = new ArrayList<>();
                for (int i = 0; i < 7; i++) {
                    streams.add(client.request("GET", "/" + i, true));
                }
                for (int stream : streams) {
                    assertThat(client.response(stream).status()).isEqualTo(200);
                }
            }
        }
        assertThat(most.get()).isEqualTo(2);
        assertThat(upstream().connections()).isEqualTo(1);
        assertThat(started.engine().metrics()).as("attempts that failed").doesNotContain(
                "tidegate_upstream_faults_total{");
    }

    // Responses.

    @ParameterizedTest
    @CsvSource({"GET, 204", "GET, 304", "HEAD, 200"})
    void responsesWithoutABodyEndWithTheirHeads(String method, int status) {
        TestGateway started = serve(
                (service, request) -> service.headers(request.stream(), true, ":status", "" + status, "x-a", "1"));
        try (RawClient client = started.client()) {
            for (int i = 0; i < 2; i++) {
                RawResponse response = client.exchange(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(response.status()).isEqualTo(status);
                assertThat(response.field("x-a")).isEqualTo("1");
                assertThat(response.body()).isEmpty();
            }
        }
    }

    @Test
    void aBodyOfUnknownLengthIsInChunksForHttp11() {
        TestGateway started = serve((service, request) -> {
            service.headers(request.stream(), false, ":status", "200");
            service.data(request.stream(), "one", false);
            service.data(request.stream(), "two", false);
            service.headers(request.stream(), true, "x-trailer", "1");
        });
        try (RawClient client = started.client()) {
            for (int i = 0; i < 2; i++) {
                RawResponse response = client.exchange(GET);
                assertThat(response.framing()).isEqualTo(RawResponse.Framing.CHUNKED);
                assertThat(response.body()).isEqualTo("onetwo");
                assertThat(response.complete()).isTrue();
            }
        }
    }

    @Test
    void interimResponsesAreNotPassedOn() {
        TestGateway started = serve((service, request) -> {
            service.headers(request.stream(), false, ":status", "103", "link", "</a>");
            service.answer(request, 200, "hello");
        });
        try (RawClient client = started.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("hello");
        }
    }

    @Test
    void aClientThatReadsNothingHoldsUpNobodyElse() {
        TestGateway started = serve((service, request) -> {
            if ("/big".equals(request.field(":path"))) {
                service.headers(request.stream(), false, ":status", "200");
                // What the gateway's windows of a stream take; the rest is never sent.
                service.data(request.stream(), text(60_000), false);
            } else {
                service.answer(request, 200, "hello");
            }
        });
        try (Http2Client slow = Http2Client.connect(started.address(), 4, 0); RawClient client = started.client()) {
            for (int i = 0; i < 30; i++) {
                slow.request("GET", "/big", true);
            }
            Await.until("the responses to have begun", () -> requests.size() >= 30);
            for (int i = 0; i < 20; i++) {
                assertThat(client.exchange(GET).body()).isEqualTo("hello");
            }
        }
        assertThat(upstream().connections()).isEqualTo(1);
    }

    // Trailers.

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 100_000})
    void trailersPassFromServiceToClient(int length) {
        TestGateway started = serve((service, request) -> {
            service.headers(request.stream(), false, ":status", "200", "content-type", "application/grpc");
            if (length > 0) {
                service.data(request.stream(), text(length), false);
            }
            service.headers(request.stream(), true, "grpc-status", "0", "grpc-message", "fine", "set-cookie", "a=1",
                    "authorization", "x", "content-type", "text/html");
        });
        try (Http2Client client = Http2Client.connect(started.address())) {
            for (int i = 0; i < 2; i++) {
                Http2Response response = client.get("/", "te", "trailers");
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body().equals(text(length))).isTrue();
                assertThat(response.complete()).isTrue();
                assertThat(response.trailers()).containsExactly(new RawField("grpc-status", "0"),
                        new RawField("grpc-message", "fine"));
            }
        }
        assertThat(requests).allMatch(request -> "trailers".equals(request.field("te")));
        try (RawClient client = started.client()) {
            RawResponse response = client.exchange("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n");
            assertThat(response.body().equals(text(length))).isTrue();
            assertThat(response.trailers()).as("to HTTP/1.1").isEmpty();
        }
        assertThat(requests.getLast().field("te")).as("for a client that gets none").isNull();
    }

    @Test
    void aResponseOfTrailersAloneIsOneHead() {
        TestGateway started = serve((service, request) -> service.headers(request.stream(), true, ":status", "200",
                "content-type", "application/grpc", "grpc-status", "12"));
        try (Http2Client client = Http2Client.connect(started.address())) {
            Http2Response response = client.get("/");
            assertThat(response.field("grpc-status")).isEqualTo("12");
            assertThat(response.complete()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 50_000})
    void trailersPassFromClientToService(int length) {
        TestGateway started = serve((service, request) -> service.answer(request, 200, request.body()));
        try (Http2Client client = Http2Client.connect(started.address())) {
            int stream = client.request("POST", "/", false);
            int at = 0;
            while (at < length) {
                int part = Math.min(16_384, length - at);
                client.data(stream, text(length).substring(at, at + part), false);
                at += part;
            }
            client.headers(stream, true, "x-checksum", "1", "x-forwarded-for", "6.6.6.6", "via", "me");
            assertThat(client.response(stream).body().equals(text(length))).isTrue();
        }
        Request request = requests.getFirst();
        assertThat(request.body().equals(text(length))).isTrue();
        assertThat(request.fields().getLast()).isEqualTo(new RawField("x-checksum", "1"));
        assertThat(request.fields()).doesNotContain(new RawField("x-forwarded-for", "6.6.6.6"),
                new RawField("via", "me"));
    }

    @Test
    void trailersOfABodyThatIsHeldComeBehindIt() {
        TestGateway started = serve((service, request) -> {
            service.headers(request.stream(), false, ":status", "200");
            service.data(request.stream(), text(50_000), false);
            service.headers(request.stream(), true, "grpc-status", "0");
        });
        // The client takes 100 bytes, and the rest when all has come.
        try (Http2Client client = Http2Client.connect(started.address(), 4, 100)) {
            int stream = client.request("GET", "/", true);
            client.head(stream);
            Await.until("the response to have been sent", () -> upstream().sentBytes() > 50_000);
            client.windowUpdate(stream, 100_000);
            Http2Response response = client.response(stream);
            assertThat(response.body().equals(text(50_000))).isTrue();
            assertThat(response.trailers()).containsExactly(new RawField("grpc-status", "0"));
        }
    }
}
