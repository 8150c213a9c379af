package io.tidegate.tests.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.Http2Service.Request;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.TestUpstream.Gate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What services do wrong that speak HTTP/2, and what becomes of their requests.
class Http2ServiceFaultsTest extends Http2ServicesFixture {

    private static final int REFUSED_STREAM = 7;
    private static final int CANCEL = 8;

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void whatTheServiceHasNotLookedAtIsSentOnceMore(String method) {
        AtomicInteger count = new AtomicInteger();
        TestGateway started = serve((service, request) -> {
            if (count.getAndIncrement() == 0) {
                service.reset(request.stream(), REFUSED_STREAM);
            } else {
                service.answer(request, 200, "hello");
            }
        });
        try (RawClient client = started.client()) {
            assertThat(client.exchange(method + " / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").body())
                    .isEqualTo("hello");
        }
        assertThat(requests).hasSize(2);
    }

    @Test
    void whatIsBehindTheLastStreamOfGoAwayGoesToAnotherConnection() {
        TestGateway started = serve(connection -> {
            Http2Service service = Http2Service.accept(connection);
            int first = Integer.MAX_VALUE;
            for (Request next = service.request(); next != null; next = service.request()) {
                requests.add(next);
                if (connection.index() == 0 && next.stream() > first) {
                    service.goAway(first, 0);
                } else {
                    first = next.stream();
                    service.answer(next, 200, "of connection " + connection.index());
                }
            }
        });
        try (RawClient client = started.client()) {
            assertThat(client.exchange(post(0)).body()).isEqualTo("of connection 0");
            assertThat(client.exchange(post(0)).body()).isEqualTo("of connection 1");
            assertThat(client.exchange(post(0)).body()).isEqualTo("of connection 1");
        }
        Await.until("the first connection to be closed", () -> upstream().open() == 1);
        assertThat(upstream().connections()).isEqualTo(2);
    }

    @Test
    void aConnectionThatGoesAwayServesWhatItHas() {
        Gate go = new Gate();
        TestGateway started = serve(connection -> {
            Http2Service service = Http2Service.accept(connection);
            for (Request next = service.request(); next != null; next = service.request()) {
                requests.add(next);
                if (connection.index() == 0) {
                    service.headers(next.stream(), false, ":status", "200");
                    service.goAway(next.stream(), 0);
                    go.pass();
                    service.data(next.stream(), "to the end", true);
                } else {
                    service.answer(next, 200, "of another");
                }
            }
        });
        try (RawClient client = started.client(); RawClient other = started.client()) {
            client.send(GET);
            Await.until("the connection to be going away",
                    () -> requests.size() == 1 && upstream().connections() == 1);
            Await.until("a request to go to another connection",
                    () -> other.exchange(GET).body().equals("of another"));
            go.open();
            assertThat(client.receive().body()).isEqualTo("to the end");
        }
    }

    @ParameterizedTest
    @CsvSource({"1, upstream.reset", "2, upstream.reset", "8, upstream.reset"})
    void aStreamThatIsResetIsAFault(int error, String fault) {
        TestGateway started = serve((service, request) -> service.reset(request.stream(), error));
        try (RawClient client = started.client()) {
            RawResponse response = client.exchange(GET);
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.fault()).isEqualTo(fault);
            assertThat(client.exchange(GET).fault()).isEqualTo(fault);
        }
        assertThat(upstream().connections()).isEqualTo(1);
    }

    @Test
    void aBodyThatBreaksOffNeverLooksWhole() {
        TestGateway started = serve((service, request) -> {
            service.headers(request.stream(), false, ":status", "200");
            service.data(request.stream(), "a part", false);
            service.reset(request.stream(), 2);
        });
        try (RawClient client = started.client()) {
            assertThat(client.exchange(GET).complete()).isFalse();
        }
        try (Http2Client client = Http2Client.connect(started.address())) {
            Http2Response response = client.get("/");
            assertThat(response.complete()).isFalse();
            assertThat(response.reset()).isGreaterThanOrEqualTo(0);
        }
    }

    /// By name, what a service sends: fields of its head, then its body.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        ":status|200|content-length|3|abcd", ":status|200|content-length|5|abcd", ":status|200|connection|close|abcd",
        ":status|200|transfer-encoding|chunked|abcd", ":status|200|X-Upper|1|abcd", ":status|101|x|1|abcd",
        ":status|20|x|1|abcd", ":status|2000|x|1|abcd", ":status|abc|x|1|abcd", "x|1|:status|200|abcd",
        ":status|200|:status|200|abcd", ":status|200|:path|/|abcd", "x|1|y|1|abcd",
        ":status|200|content-length|-1|abcd", ":status|200|content-length|4, 4|abcd"})
    void aMalformedResponseIsRefused(String name, String value, String second, String secondValue, String body) {
        TestGateway started = serve((service, request) -> {
            service.headers(request.stream(), false, name, value, second, secondValue);
            service.data(request.stream(), body, true);
        });
        try (RawClient client = started.client()) {
            RawResponse response = client.exchange(GET);
            if (second.equals("content-length") && (secondValue.equals("3") || secondValue.equals("5"))) {
                assertThat(response.complete()).as("%s", response).isFalse();
            } else {
                assertThat(response.status()).isEqualTo(502);
                assertThat(response.fault()).isEqualTo("upstream.invalid");
            }
        }
        try (RawClient client = started.client()) {
            client.exchange(GET);
        }
        assertThat(upstream().connections()).as("others of the connection are not concerned").isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\u0000", " x", "x "})
    void noValueBecomesTwoFields(String evil) {
        TestGateway started = serve((service, request) -> service.answer(request, 200, "abcd", "x-a", "1" + evil
                + (evil.length() == 1 ? "x-b: 2" : "")));
        try (RawClient client = started.client()) {
            RawResponse response = client.exchange(GET);
            assertThat(response.field("x-b")).isNull();
            if (!evil.startsWith(" ")) {
                assertThat(response.fault()).isEqualTo("upstream.invalid");
            }
        }
    }

    @Test
    void aServiceThatDoesNotSpeakHttp2IsAFault() {
        TestGateway started = serve(TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
        upstream().script(connection -> {
            connection.input().readNBytes(24);
            connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        });
        try (RawClient client = started.client()) {
            assertThat(client.exchange(GET).status()).isEqualTo(502);
        }
        Await.until("the connection to be closed", () -> upstream().open() == 0);
    }

    @Test
    void aServiceThatDoesNotAnswerIsTooLateAndHearsSo() {
        AtomicInteger reset = new AtomicInteger();
        TestGateway started = serve(connection -> {
            Http2Service service = Http2Service.accept(connection);
            Request request = service.request();
            if (request != null) {
                reset.set(service.awaitReset(request.stream()));
            }
            service.awaitEnd();
        }, "timeouts: { response: 200ms }");
        try (RawClient client = started.client()) {
            RawResponse response = client.exchange(GET);
            assertThat(response.status()).isEqualTo(504);
            assertThat(response.fault()).isEqualTo("upstream.timeout");
        }
        Await.until("the service to hear of it", () -> reset.get() == CANCEL);
    }

    @Test
    void aClientThatLeavesCancelsItsRequestAlone() {
        List<Integer> resets = new CopyOnWriteArrayList<>();
        TestGateway started = serve(connection -> {
            Http2Service service = Http2Service.accept(connection);
            for (Request next = service.request(); next != null; next = service.request()) {
                requests.add(next);
                if ("/never".equals(next.field(":path"))) {
                    resets.add(service.awaitReset(next.stream()));
                } else {
                    service.answer(next, 200, "hello");
                }
            }
        });
        try (Http2Client client = Http2Client.connect(started.address())) {
            int stream = client.request("GET", "/never", true);
            Await.until("the request to be there", () -> requests.size() == 1);
            client.reset(stream, CANCEL);
            Await.until("the service to hear of it", () -> resets.equals(List.of(CANCEL)));
            assertThat(client.get("/").body()).isEqualTo("hello");
        }
        assertThat(upstream().connections()).isEqualTo(1);
    }

    @Test
    void anIdleConnectionIsClosedWithAWord() {
        AtomicInteger said = new AtomicInteger();
        TestGateway started = serve(connection -> {
            Http2Service service = Http2Service.accept(connection);
            Request request = service.request();
            if (request != null) {
                service.answer(request, 200, "hello");
            }
            said.set(service.awaitEnd() ? 1 : -1);
        }, "connections: { idleTimeout: 100ms }");
        try (RawClient client = started.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("hello");
        }
        Await.until("the connection to be closed", () -> said.get() == 1);
        Await.until("it to be counted as closed",
                () -> started.metric("tidegate_upstream_connections_open", "") == 0);
    }

    @Test
    void framesWithoutUseAreBounded() {
        TestGateway started = serve(connection -> {
            Http2Service service = Http2Service.accept(connection);
            service.request();
            for (int i = 0; i < 5000; i++) {
                service.frame(Http2Client.PING, 0, 0, new byte[8]);
            }
            service.awaitEnd();
        });
        try (RawClient client = started.client()) {
            assertThat(client.exchange(GET).status()).isEqualTo(502);
        }
        Await.until("the connection to be closed", () -> upstream().open() == 0);
    }

    @Test
    void aConnectionOnWhichNothingComesAnyMoreIsNotUsedAgain() {
        TestGateway started = serve(connection -> {
            Http2Service service = Http2Service.accept(connection);
            for (Request next = service.request(); next != null; next = service.request()) {
                if (!"/silence".equals(next.field(":path"))) {
                    service.answer(next, 200, "of connection " + connection.index());
                } else {
                    // As one whose machine has gone: nothing is read, nothing is sent.
                    connection.awaitEnd();
                }
            }
        }, "timeouts: { response: 300ms }");
        try (RawClient client = started.client()) {
            assertThat(client.get("/").body()).isEqualTo("of connection 0");
            assertThat(client.get("/silence").fault()).isEqualTo("upstream.timeout");
            assertThat(client.get("/").body()).isEqualTo("of connection 1");
        }
    }

    @Test
    void whatIsOnItsWayBehindAResetIsDroppedWithoutAWord() {
        AtomicInteger words = new AtomicInteger(-1);
        TestGateway started = serve(connection -> {
            Http2Service service = Http2Service.accept(connection);
            Request request = service.request();
            if (request != null) {
                service.headers(request.stream(), false, ":status", "200");
                service.data(request.stream(), "begins", false);
                service.awaitReset(request.stream());
                for (int i = 0; i < 50; i++) {
                    service.data(request.stream(), text(1000), false);
                }
                service.settle();
                words.set(service.resets());
                Request next = service.request();
                if (next != null) {
                    service.answer(next, 200, "hello");
                }
            }
            service.awaitEnd();
        });
        try (Http2Client client = Http2Client.connect(started.address())) {
            int stream = client.request("GET", "/left", true);
            client.head(stream);
            client.reset(stream, CANCEL);
            assertThat(client.get("/").body()).isEqualTo("hello");
        }
        assertThat(words).as("streams that were reset").hasValue(1);
    }

    @Test
    void faultyFramesAreBounded() {
        TestGateway started = serve(connection -> {
            Http2Service service = Http2Service.accept(connection);
            Request request = service.request();
            if (request != null) {
                service.answer(request, 200, "hello");
                for (int i = 0; i < 5000; i++) {
                    service.windowUpdate(request.stream(), 0);
                }
            }
            service.awaitEnd();
        });
        try (RawClient client = started.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("hello");
        }
        Await.until("the connection to be closed", () -> upstream().open() == 0);
    }
}
