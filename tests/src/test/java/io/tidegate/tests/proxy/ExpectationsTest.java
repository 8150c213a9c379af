package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// `Expect: 100-continue`, answers that come before the request is complete, and clients that go away.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#all")
class ExpectationsTest extends ProxyTest {

    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

    /// What is taken of a body that nobody wants.
    private static final int DROPPED = 64 * 1024;

    @Override
    TestUpstream startUpstream() {
        return TestUpstream.echo();
    }

    @Test
    void aClientThatWaitsIsToldToGoOnByTheGatewayItself() {
        try (RawClient client = gateway.client()) {
            client.send("POST /p HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            RawResponse interim = client.receive();
            assertThat(interim.status()).isEqualTo(100);

            client.send("hello");

            assertThat(client.receive().body()).isEqualTo("hello");
            assertThat(upstream.request(0).field("expect")).isNull();
        }
    }

    @Test
    void aClientThatWaitsIsRefusedWithoutItsBody() {
        gateway.apply(GatewayYaml.to(upstream).route("match: [{ path: /other }]").text());
        try (RawClient client = gateway.client()) {
            client.send("POST /p HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");

            RawResponse response = client.receive();

            assertThat(response.status()).isEqualTo(404);
        }
        assertThat(upstream.heads()).isEmpty();
    }

    @Test
    void aTooLargeBodyIsRefusedBeforeItIsSent() {
        try (RawClient client = gateway.client()) {
            client.send("POST /p HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9999999999\r\n\r\n");

            RawResponse response = client.receive();

            assertThat(response.status()).isEqualTo(413);
            assertThat(response.fault()).isEqualTo("body.too_large");
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
        }
        assertThat(upstream.connections()).isZero();
    }

    @Test
    void anAnswerBeforeTheBodyIsCompleteIsHandedOnAndTheServicesConnectionIsNotUsedAgain() {
        upstream.script(connection -> {
            RawRequest head = connection.head();
            if (head != null) {
                connection.answer("early");
                connection.awaitEnd();
            }
        });
        try (RawClient client = gateway.client()) {
            client.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc");

            assertThat(client.receive().body()).isEqualTo("early");

            Await.until("the service's connection to be closed", () -> upstream.open() == 0);
            client.send(SMUGGLED);
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
        }
        assertThat(upstream.received()).doesNotContain("smuggled GET /smuggled HTTP/1.1\r\nHost: a\r\nvia");
        assertThat(upstream.heads()).hasSize(1);
    }

    @Test
    void whatIsInsideABodyThatWasAnsweredEarlyIsNeverARequest() {
        gateway.apply(GatewayYaml.to(upstream).route("match: [{ path: /after }]").text());
        try (RawClient client = gateway.client()) {
            client.send("POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
            assertThat(client.receive().status()).isEqualTo(404);

            client.send(SMUGGLED.repeat(200));

            assertThat(client.ending()).isIn(RawClient.Ending.CLOSED, RawClient.Ending.RESET);
        }
        assertThat(upstream.heads()).isEmpty();
    }

    /// Requests that a body holds, filled up to so many bytes.
    private static String smuggling(int bytes) {
        return SMUGGLED.repeat(bytes / SMUGGLED.length() + 1).substring(0, bytes);
    }

    private void refuseAllButAfter() {
        gateway.apply(GatewayYaml.to(upstream).route("match: [{ path: /after }]").text());
    }

    @Test
    void aSmallRestOfABodyThatWasAnsweredEarlyIsDroppedAndTheConnectionServesOn() {
        refuseAllButAfter();
        try (RawClient client = gateway.client()) {
            client.send("POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: " + DROPPED + "\r\n\r\n");
            RawResponse refused = client.receive();
            assertThat(refused.status()).isEqualTo(404);
            assertThat(refused.field("connection")).isNull();

            client.send(smuggling(DROPPED));

            assertThat(client.get("/after").status()).isEqualTo(200);
        }
        assertThat(upstream.requests()).extracting(RawRequest::target).containsExactly("/after");
    }

    @Test
    void aSmallChunkedRestIsDroppedAndTheConnectionServesOn() {
        refuseAllButAfter();
        try (RawClient client = gateway.client()) {
            client.send("POST /refused HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            assertThat(client.receive().status()).isEqualTo(404);

            client.send(chunks(smuggling(DROPPED / 2), 1000) + "0\r\n\r\n");

            assertThat(client.get("/after").status()).isEqualTo(200);
        }
        assertThat(upstream.requests()).extracting(RawRequest::target).containsExactly("/after");
    }

    @Test
    void aRestThatIsTooLargeToBeDroppedEndsTheConnection() {
        refuseAllButAfter();
        try (RawClient client = gateway.client()) {
            int length = DROPPED + 1;
            client.send("POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n");
            RawResponse refused = client.receive();
            assertThat(refused.status()).isEqualTo(404);
            assertThat(refused.field("connection")).isEqualTo("close");

            client.send(smuggling(length) + "GET /after HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(client.ending()).isNotEqualTo(RawClient.Ending.BYTES);
        }
        assertThat(upstream.heads()).isEmpty();
    }

    @Test
    void aChunkedRestThatTurnsOutTooLargeEndsTheConnection() {
        refuseAllButAfter();
        try (RawClient client = gateway.client()) {
            client.send("POST /refused HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            assertThat(client.receive().status()).isEqualTo(404);

            client.send(chunks(smuggling(2 * DROPPED), 1000) + "0\r\n\r\nGET /after HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(client.ending()).isNotEqualTo(RawClient.Ending.BYTES);
        }
        assertThat(upstream.heads()).isEmpty();
    }

    @Test
    void aRestThatDoesNotComeEndsTheConnection() {
        refuseAllButAfter();
        try (RawClient client = gateway.client()) {
            client.send("POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
            assertThat(client.receive().status()).isEqualTo(404);

            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
        }
    }

    @Test
    void anEarlyAnswerToAChunkedRequestLeavesNothingForTheNextOne() {
        upstream.script(connection -> {
            if (connection.index() > 0) {
                TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother").serve(connection);
            } else if (connection.head() != null) {
                connection.answer("early");
                connection.awaitEnd();
            }
        });
        try (RawClient client = gateway.client(); RawClient other = gateway.client()) {
            client.send("OPTIONS /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            RawResponse early = client.receive("OPTIONS");
            assertThat(early.body()).isEqualTo("early");
            assertThat(early.field("connection")).isEqualTo("close");

            client.send(chunks(SMUGGLED, 1000) + "0\r\n\r\n" + SMUGGLED);

            assertThat(client.ending()).isNotEqualTo(RawClient.Ending.BYTES);
            assertThat(other.get("/other").body()).isEqualTo("other");
            Await.until("the service's first connection to be closed", () -> upstream.open() == 1);
        }
        assertThat(upstream.connections()).isEqualTo(2);
        assertThat(upstream.heads()).extracting(RawRequest::target).containsExactly("/p", "/other");
    }

    @Test
    void aRequestInsideAChunkThatTheServiceTakesForOneGetsNoAnswerThrough() {
        upstream.script(connection -> {
            if (connection.index() > 0) {
                TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother").serve(connection);
            } else if (connection.request() != null) {
                // As a service that does not know chunks: it answers the request, and the one in the body too.
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"
                        + "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled");
                connection.awaitEnd();
            }
        });
        try (RawClient client = gateway.client(); RawClient other = gateway.client()) {
            RawResponse first = client.exchange("OPTIONS /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + chunks(SMUGGLED, 1000) + "0\r\n\r\n");
            assertThat(first.body()).isEqualTo("first");
            assertThat(client.get("/other").body()).isEqualTo("other");
            assertThat(other.get("/other").body()).isEqualTo("other");
        }
        assertThat(upstream.request(0).body()).isEqualTo(SMUGGLED);
    }

    @Test
    void aClientThatGoesAwayWithinItsBodyLeavesNoCompleteRequestBehind() {
        try (RawClient client = gateway.client()) {
            client.send("POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            upstream.head(0);
        }
        Await.until("the service's connection to be closed", () -> upstream.open() == 0);
        assertThat(upstream.requests()).isEmpty();
        assertThat(upstream.received()).doesNotContain("\r\n0\r\n\r\n");
    }

    @Test
    void aClientThatGoesAwayBeforeTheAnswerEndsTheWorkOfTheService() {
        upstream.script(TestUpstream.silent());
        try (RawClient client = gateway.client()) {
            client.send("GET /p HTTP/1.1\r\nHost: a\r\n\r\n");
            upstream.request(0);
        }
        Await.until("the service's connection to be closed", () -> upstream.open() == 0);
    }

    @Test
    void aClientThatBreaksOffEndsTheWorkOfTheService() {
        upstream.script(TestUpstream.silent());
        RawClient client = gateway.client();
        client.send("GET /p HTTP/1.1\r\nHost: a\r\n\r\n");
        upstream.request(0);
        client.reset();
        Await.until("the service's connection to be closed", () -> upstream.open() == 0);
    }

    @Test
    void aConnectionThatWasAnsweredEarlyServesNoOtherClient() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        upstream.script(connection -> {
            if (connection.index() == 0) {
                connection.head();
                connection.answer("early");
                gate.pass();
                connection.awaitEnd();
            } else {
                TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother").serve(connection);
            }
        });
        try (RawClient one = gateway.client(); RawClient other = gateway.client()) {
            one.send("GET /one HTTP/1.1\r\nHost: a\r\nContent-Length: 31\r\n\r\n");
            assertThat(one.receive().body()).isEqualTo("early");
            assertThat(other.get("/other").body()).isEqualTo("other");
            gate.open();
        }
        assertThat(upstream.connections()).isEqualTo(2);
    }

    @Test
    void anAnswerBeforeTheBodyWasTakenCountsOnAConnectionThatHasServedBefore() {
        upstream.script(connection -> {
            connection.request();
            connection.answer("first");
            if (connection.head() != null) {
                // What the gateway can't send meanwhile waits there.
                LockSupport.parkNanos(20_000_000);
                connection.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
                connection.awaitEnd();
            }
        });
        // Somewhere here ends what the operating system takes, so that the last bytes wait in the gateway.
        for (int size = 4_000_000; size <= 4_800_000; size += 40_000) {
            try (RawClient client = gateway.client()) {
                assertThat(client.get("/").body()).isEqualTo("first");
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n" + "x".repeat(size));

                assertThat(client.receive().status()).as("%s bytes", size).isEqualTo(413);
            }
        }
    }
}
