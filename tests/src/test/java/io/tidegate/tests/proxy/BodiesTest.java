package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.RawResponse.Framing;
import io.tidegate.testkit.TestUpstream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Bodies and their framing, both ways.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#all")
class BodiesTest extends ProxyTest {

    @Override
    TestUpstream startUpstream() {
        return TestUpstream.echo();
    }

    private static String text(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void aBodyBeyondItsLimitIsAFaultButNoReject() {
        try (RawClient client = gateway.client()) {
            String much = "Content-Length: " + (11L << 20) + "\r\nExpect: 100-continue\r\n\r\n";
            assertThat(client.exchange(HEAD + much).status()).isEqualTo(413);
        }
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(HEAD + "X_Forwarded_For: 1.2.3.4\r\nContent-Length: 0\r\n\r\n").status())
                    .isEqualTo(400);
        }
        Await.until("both faults to be counted", () -> gateway.metric("tidegate_faults_total", "") == 2);
        assertThat(gateway.metric("tidegate_faults_total", "code=\"body.too_large\"")).isEqualTo(1);
        assertThat(gateway.metric("tidegate_rejects_total", "reason=\"body.too_large\"")).isZero();
        assertThat(gateway.metric("tidegate_rejects_total", "")).isEqualTo(1);
    }

    @Test
    void countedBodiesPassBothWays() {
        try (RawClient client = gateway.client()) {
            for (int length : new int[]{0, 1, 4095, 4096, 4097, 16384, 70_000, 1 << 20}) {
                String body = text(length);
                RawResponse response = client.exchange(HEAD + "Content-Length: " + length + "\r\n\r\n" + body);

                assertThat(response.framing()).isEqualTo(Framing.LENGTH);
                assertThat(response.body().equals(body)).as("%s bytes come back as they were", length).isTrue();
            }
        }
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @Test
    void chunkedBodiesPassToTheServiceChunked() {
        try (RawClient client = gateway.client()) {
            for (int size : new int[]{1, 10, 4096, 20_000}) {
                String body = text(50_000);
                RawResponse response = client
                        .exchange(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks(body, size) + "0\r\n\r\n");

                assertThat(response.body().equals(body)).as("chunks of %s bytes come back as they were", size).isTrue();
            }
        }
        assertThat(upstream.requests()).allMatch(RawRequest::chunked);
    }

    @Test
    void chunkedResponsesPassChunkedAndWithoutTrailers() {
        answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                + "5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n");
        try (RawClient client = gateway.client()) {
            RawResponse response = client.get("/");

            assertThat(response.framing()).isEqualTo(Framing.CHUNKED);
            assertThat(response.body()).isEqualTo("hello world");
            assertThat(response.trailers()).isEmpty();
            assertThat(response.field("trailer")).isNull();
            assertThat(client.get("/").body()).isEqualTo("hello world");
        }
    }

    @Test
    void bodiesThatEndWithTheConnectionBecomeChunked() {
        upstream.script(TestUpstream.answeringOnce("HTTP/1.1 200 OK\r\n\r\nhello world"));
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 3; i++) {
                RawResponse response = client.get("/");

                assertThat(response.framing()).isEqualTo(Framing.CHUNKED);
                assertThat(response.complete()).isTrue();
                assertThat(response.body()).isEqualTo("hello world");
            }
        }
    }

    @Test
    void anHttp10ClientGetsAChunkedBodyUpToTheEndOfTheConnection() {
        answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
        try (RawClient client = gateway.client()) {
            RawResponse response = client.exchange("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

            assertThat(response.framing()).isEqualTo(Framing.CLOSE);
            assertThat(response.body()).isEqualTo("hello world");
        }
    }

    @Test
    void anHttp10ClientKeepsItsConnectionOnlyWhereItAsksForIt() {
        answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        try (RawClient client = gateway.client()) {
            RawResponse kept = client.exchange("GET /1 HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
            assertThat(kept.body()).isEqualTo("ok");
            assertThat(kept.field("connection")).isEqualToIgnoringCase("keep-alive");
            assertThat(client.exchange("GET /2 HTTP/1.0\r\nHost: a\r\n\r\n").body()).isEqualTo("ok");
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
        }
        assertThat(upstream.requests()).extracting(RawRequest::version).containsOnly("HTTP/1.1");
    }

    @Test
    void connectionCloseOfTheClientIsHonouredAndSaid() {
        try (RawClient client = gateway.client()) {
            RawResponse response = client.exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
        }
    }

    @Test
    void theAnswerToHeadHasTheLengthButNoBody() {
        answers("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nX-A: b\r\n\r\n");
        try (RawClient client = gateway.client()) {
            RawResponse response = client.exchange("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(response.field("content-length")).isEqualTo("1000");
            assertThat(client.exchange("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").field("x-a")).isEqualTo("b");
        }
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @Test
    void theAnswerToHeadMayBeChunkedWithoutABody() {
        answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.exchange("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").status()).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"204 No Content", "304 Not Modified"})
    void aStatusWithoutABodyKeepsTheConnection(String status) {
        answers("HTTP/1.1 " + status + "\r\nETag: \"x\"\r\n\r\n");
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 2; i++) {
                RawResponse response = client.get("/");

                assertThat(response.status() + " " + response.reason()).isEqualTo(status);
                assertThat(response.field("etag")).isEqualTo("\"x\"");
                assertThat(response.field("transfer-encoding")).isNull();
            }
        }
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @Test
    void notModifiedMayTellALength() {
        answers("HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n");
        try (RawClient client = gateway.client()) {
            assertThat(client.get("/").field("content-length")).isEqualTo("100");
            assertThat(client.get("/").status()).isEqualTo(304);
        }
    }

    @Test
    void manyRequestsShareOneConnectionOnBothSides() {
        answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 200; i++) {
                assertThat(client.get("/" + i).body()).isEqualTo("ok");
            }
        }
        assertThat(upstream.connections()).isEqualTo(1);
        assertThat(upstream.requests()).hasSize(200);
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() {
        upstream.script(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                connection.answer(next.target() + next.body());
            }
        });
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            all.append(i % 2 == 0
                    ? "GET /" + i + " HTTP/1.1\r\nHost: a\r\n\r\n"
                    : "POST /" + i + " HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        }
        try (RawClient client = gateway.client()) {
            client.send(all.toString());
            for (int i = 0; i < 50; i++) {
                assertThat(client.receive().body()).isEqualTo("/" + i + (i % 2 == 0 ? "" : "abc"));
            }
        }
        assertThat(upstream.requests()).extracting(RawRequest::target).startsWith("/0", "/1", "/2").hasSize(50);
    }

    @Test
    void aResponseThatIsCutOffIsSeenToBeBroken() {
        upstream.script(TestUpstream.answeringOnce("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nab"));
        try (RawClient client = gateway.client()) {
            RawResponse response = client.get("/");

            assertThat(response.complete()).isFalse();
            assertThat(response.body()).isEqualTo("ab");
        }
    }

    @Test
    void aResponseThatIsBrokenOffIsSeenToBeBroken() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        upstream.script(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
            gate.pass();
            connection.reset();
        });
        try (RawClient client = gateway.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(line(client)).isEqualTo("HTTP/1.1 200 OK");
            gate.open();
            assertThat(rest(client)).endsWith("2\r\nab\r\n");
        }
    }

    private static String line(RawClient client) {
        try {
            StringBuilder line = new StringBuilder();
            int b = client.input().read();
            while (b >= 0 && b != '\r') {
                line.append((char) b);
                b = client.input().read();
            }
            return line.toString();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String rest(RawClient client) {
        StringBuilder text = new StringBuilder();
        try {
            int b = client.input().read();
            while (b >= 0) {
                text.append((char) b);
                b = client.input().read();
            }
        } catch (java.io.IOException e) {
            // Broken off: what came before counts.
            return text.toString();
        }
        return text.toString();
    }
}
