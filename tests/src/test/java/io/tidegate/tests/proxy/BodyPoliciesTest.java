package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Body;
import io.tidegate.api.BodyTransform;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Policy;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.RawResponse.Framing;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.UpstreamConnection;
import io.tidegate.tests.GatewayYaml;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What policies do to bodies, seen from both ends of the wire.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#single")
class BodyPoliciesTest extends ProxyTest {

    /// From nothing to more than fits into one read or into any buffer on the way.
    private static final int[] SIZES = {1, 4096, 16_384 + 513, 300_000};

    @Override
    TestUpstream startUpstream() {
        return TestUpstream.echo();
    }

    private void runs(Policy... policies) {
        Scripted scripted = new Scripted();
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < policies.length; i++) {
            scripted.with("scripted" + i, policies[i]);
            list.append(i == 0 ? "" : ", ").append("{ scripted").append(i).append(": {} }");
        }
        scripted.apply(gateway, GatewayYaml.to(upstream).route("policies: [" + list + "]").text());
    }

    private static Policy onRequest(Consumer<Exchange> does) {
        return new Policy() {
            @Override
            public Decision onRequest(Exchange exchange) {
                does.accept(exchange);
                return Decision.next();
            }
        };
    }

    private static Policy onResponse(Function<Exchange, Decision> does) {
        return new Policy() {
            @Override
            public Decision onResponse(Exchange exchange) {
                return does.apply(exchange);
            }
        };
    }

    private static Policy rewritingResponses(BodyTransform transform) {
        return onResponse(exchange -> {
            exchange.transformResponse(transform);
            return Decision.next();
        });
    }

    /// Hands on every byte raised by one.
    private static void raise(ByteBuffer chunk, boolean last, BodyTransform.Sink sink) {
        byte[] bytes = new byte[chunk.remaining()];
        chunk.get(bytes);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i]++;
        }
        sink.write(ByteBuffer.wrap(bytes));
    }

    /// Hands on every byte twice, each in a write of its own buffer.
    private static void twice(ByteBuffer chunk, boolean last, BodyTransform.Sink sink) {
        sink.write(chunk.duplicate());
        sink.write(chunk.duplicate());
    }

    /// Hands on what it gets, and an end behind it.
    private static void withEnd(ByteBuffer chunk, boolean last, BodyTransform.Sink sink) {
        sink.write(chunk);
        if (last) {
            sink.write(ByteBuffer.wrap("END".getBytes(StandardCharsets.US_ASCII)));
        }
    }

    private static String random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String raised(String text) {
        StringBuilder raised = new StringBuilder(text.length());
        text.chars().forEach(c -> raised.append((char) ((c + 1) & 0xFF)));
        return raised.toString();
    }

    private static String post(String body, boolean chunked) {
        return chunked
                ? HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks(body, 7_001) + "0\r\n\r\n"
                : HEAD + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRequestsBodyIsRewrittenOnItsWay(boolean chunked) {
        runs(onRequest(exchange -> exchange.transformRequest(BodyPoliciesTest::raise)));
        try (RawClient client = gateway.client()) {
            for (int size : SIZES) {
                String body = random(size);
                RawResponse response = client.exchange(post(body, chunked));

                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body().equals(raised(body))).as("%s bytes are raised", size).isTrue();
            }
        }
        assertThat(upstream.requests()).allMatch(RawRequest::chunked)
                .allMatch(request -> request.field("content-length") == null);
        assertThat(upstream.connections()).isEqualTo(1);
        assertThat(upstream.failures()).isEmpty();
    }

    @Test
    void severalRewritesApplyInTheOrderOfTheirPolicies() {
        runs(onRequest(exchange -> exchange.transformRequest(BodyPoliciesTest::withEnd)),
                onRequest(exchange -> {
                    exchange.transformRequest(BodyPoliciesTest::raise);
                    exchange.transformRequest(BodyPoliciesTest::withEnd);
                }));
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(post("abc", false)).body()).isEqualTo("bcdFOEEND");
            assertThat(client.exchange(post("", true)).body()).isEqualTo("FOEEND");
        }
    }

    @Test
    void aRequestWithoutABodyHasNoneToRewrite() {
        runs(onRequest(exchange -> exchange.transformRequest(BodyPoliciesTest::withEnd)));
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.exchange(GET).status()).isEqualTo(200);
                assertThat(client.exchange(post("", false)).status()).isEqualTo(200);
            }
        }
        assertThat(upstream.requests()).hasSize(4).allMatch(request -> request.body().isEmpty());
        assertThat(upstream.failures()).isEmpty();
        assertThat(upstream.received()).doesNotContain("END");
    }

    @ParameterizedTest
    @ValueSource(strings = {"length", "chunked", "close"})
    void aResponsesBodyIsRewrittenOnItsWay(String framing) {
        String body = random(300_000);
        String head = "HTTP/1.1 200 OK\r\n";
        upstream.script(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                switch (framing) {
                    case "length" -> connection.send(head + "Content-Length: 300000\r\n\r\n" + body);
                    case "chunked" -> connection
                            .send(head + "Transfer-Encoding: chunked\r\n\r\n" + chunks(body, 9_000) + "0\r\n\r\n");
                    default -> {
                        connection.send(head + "\r\n" + body);
                        return;
                    }
                }
            }
        });
        runs(rewritingResponses(BodyPoliciesTest::twice), rewritingResponses(BodyPoliciesTest::raise));
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 2; i++) {
                RawResponse response = client.exchange(GET);

                assertThat(response.framing()).isEqualTo(Framing.CHUNKED);
                assertThat(response.field("content-length")).isNull();
                assertThat(response.complete()).isTrue();
                assertThat(response.body()).hasSize(600_000);
                assertThat(response.body().chars().sum()).isEqualTo(2 * raised(body).chars().sum());
            }
        }
    }

    @Test
    void anHttp10ClientGetsARewrittenBodyUpToTheEndOfTheConnection() {
        answers("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
        runs(rewritingResponses(BodyPoliciesTest::withEnd));
        try (RawClient client = gateway.client()) {
            RawResponse response = client.exchange("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");

            assertThat(response.framing()).isEqualTo(Framing.CLOSE);
            assertThat(response.body()).isEqualTo("abcEND");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD|HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
        "HEAD|HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET|HTTP/1.1 204 No Content\r\n\r\n", "GET|HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n",
        "GET|HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"})
    void aResponseWithoutABodyHasNoneToRewrite(String methodAndAnswer) {
        String method = methodAndAnswer.substring(0, methodAndAnswer.indexOf('|'));
        answers(methodAndAnswer.substring(method.length() + 1));
        runs(rewritingResponses(BodyPoliciesTest::withEnd));
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 3; i++) {
                RawResponse response = client.exchange(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(response.body()).isEmpty();
                assertThat(response.field("content-length")).as("which GET would not have").isIn(null, "0");
            }
        }
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @Test
    void anAnswerOfTheGatewaysOwnIsRewrittenAndHasItsNewLength() {
        runs(rewritingResponses(BodyPoliciesTest::withEnd));
        upstream.script(UpstreamConnection::close);
        try (RawClient client = gateway.client()) {
            RawResponse response = client.exchange(GET);

            assertThat(response.status()).isEqualTo(502);
            assertThat(response.framing()).isEqualTo(Framing.LENGTH);
            assertThat(response.body()).endsWith("}\nEND".replace("\n", "")).startsWith("{");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRewriteThatFailsEndsTheExchange(boolean ofRequest) {
        BodyTransform failing = (chunk, last, sink) -> {
            throw new IllegalStateException("made up");
        };
        if (!ofRequest) {
            answers("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
        }
        runs(ofRequest ? onRequest(exchange -> exchange.transformRequest(failing)) : rewritingResponses(failing));
        try (RawClient client = gateway.client()) {
            client.send(post("abc", false));
            if (ofRequest) {
                assertThat(client.receive("POST").fault()).isEqualTo("policy.failed");
            } else {
                assertThat(client.receive("POST").complete()).isFalse();
            }
        }
        assertThat(gateway.metric("tidegate_faults_total", "code=\"policy.failed\"")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPolicySeesTheWholeBodyOfARequestAndMayReplaceIt(boolean chunked) {
        runs(new Policy() {
            @Override
            public Decision onRequest(Exchange exchange) {
                return Decision.withBody(1 << 20, body -> {
                    byte[] whole = body.toByteArray();
                    String replaced = whole.length + ":" + (whole.length == 0 ? 0 : whole[whole.length - 1]);
                    exchange.request().replaceBody(replaced.getBytes(StandardCharsets.US_ASCII));
                    return Decision.next();
                });
            }
        });
        try (RawClient client = gateway.client()) {
            for (int size : SIZES) {
                String body = random(size);
                RawResponse response = client.exchange(post(body, chunked));

                assertThat(response.body()).isEqualTo(size + ":" + (byte) body.charAt(size - 1));
            }
            assertThat(client.exchange(GET).body()).as("of a request that had none").isEqualTo("0:0");
            assertThat(client.exchange(post("", chunked)).body()).isEqualTo("0:0");
        }
        assertThat(upstream.requests()).noneMatch(RawRequest::chunked);
        assertThat(upstream.connections()).isEqualTo(1);
    }

    private static Decision described(Exchange exchange, Body body) {
        exchange.response().replaceBody(("was " + body.length()).getBytes(StandardCharsets.US_ASCII));
        return Decision.next();
    }

    @ParameterizedTest
    @ValueSource(strings = {"300000", "3", "0", "chunked", "emptyChunked"})
    void aPolicySeesTheWholeBodyOfAResponseAndMayReplaceIt(String kind) {
        String length = kind.replace("chunked", "50000").replace("emptyChunked", "0");
        String body = "x".repeat(Integer.parseInt(length));
        answers("HTTP/1.1 200 OK\r\n" + (Character.isDigit(kind.charAt(0))
                ? "Content-Length: " + length + "\r\n\r\n" + body
                : "Transfer-Encoding: chunked\r\n\r\n" + chunks(body, 1000) + "0\r\n\r\n"));
        runs(onResponse(exchange -> Decision.withBody(1 << 20, seen -> described(exchange, seen))));
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 3; i++) {
                RawResponse response = client.exchange(GET);

                assertThat(response.status()).isEqualTo(200);
                assertThat(response.framing()).isEqualTo(Framing.LENGTH);
                assertThat(response.body()).isEqualTo("was " + length);
            }
        }
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD|HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
        "HEAD|HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET|HTTP/1.1 204 No Content\r\n\r\n", "GET|HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n"})
    void aBodyThatAPolicyPutsWhereNoneMayBeIsNotSent(String methodAndAnswer) {
        String method = methodAndAnswer.substring(0, methodAndAnswer.indexOf('|'));
        answers(methodAndAnswer.substring(method.length() + 1));
        runs(onResponse(exchange -> Decision.withBody(1 << 20, seen -> described(exchange, seen))));
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 3; i++) {
                RawResponse response = client.exchange(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");

                assertThat(response.status()).isIn(200, 204, 304);
                assertThat(response.body()).isEmpty();
                assertThat(response.field("content-length")).isNull();
            }
        }
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBodyThatIsLargerThanAPolicyTakesIsRefused(boolean chunked) {
        runs(new Policy() {
            @Override
            public Decision onRequest(Exchange exchange) {
                return Decision.withBody(20_000, body -> Decision.next());
            }
        });
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(post(random(20_000), chunked)).status()).isEqualTo(200);
            RawResponse refused = client.exchange(post(random(20_001), chunked));
            assertThat(refused.status()).isEqualTo(413);
            assertThat(refused.fault()).isEqualTo("body.too_large");
        }
        assertThat(upstream.requestCount()).isEqualTo(1);
    }

    @Test
    void aBodyThatWasSeenIsRewrittenBehindThat() {
        runs(new Policy() {
            @Override
            public Decision onRequest(Exchange exchange) {
                exchange.transformRequest(BodyPoliciesTest::withEnd);
                return Decision.withBody(1 << 20, body -> Decision.next());
            }

            @Override
            public Decision onResponse(Exchange exchange) {
                exchange.transformResponse(BodyPoliciesTest::raise);
                return Decision.withBody(1 << 20, body -> Decision.next());
            }
        });
        try (RawClient client = gateway.client()) {
            for (int size : SIZES) {
                String body = random(size);
                assertThat(client.exchange(post(body, size % 2 == 0)).body().equals(raised(body + "END")))
                        .as("%s bytes", size).isTrue();
            }
        }
    }
}
