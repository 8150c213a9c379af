package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Outcome;
import io.tidegate.api.Policy;
import io.tidegate.api.Reply;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawField;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.RawResponse.Framing;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What policies do to exchanges, seen from both ends of the wire.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#single")
class PoliciesTest extends ProxyTest {

    private static final String SCRIPTED = "policies: [{ scripted: {} }]";

    @Override
    TestUpstream startUpstream() {
        return TestUpstream.echo();
    }

    private void runs(Policy policy) {
        new Scripted().with("scripted", policy).apply(gateway, GatewayYaml.to(upstream).route(SCRIPTED).text());
    }

    private static Policy onRequest(Function<Exchange, Decision> does) {
        return new Policy() {
            @Override
            public Decision onRequest(Exchange exchange) {
                return does.apply(exchange);
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

    @Test
    void anEmptyChunkedBodyThatAPolicyHasReadIsForwardedComplete() {
        runs(onRequest(exchange -> Decision.withBody(100, body -> Decision.next())));
        try (RawClient client = gateway.client()) {
            RawResponse response = client.exchange(HEAD + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
            assertThat(response.status()).isEqualTo(200);
            assertThat(client.exchange(HEAD + "Content-Length: 3\r\n\r\nabc").body()).isEqualTo("abc");
        }
        assertThat(upstream.requests()).extracting(RawRequest::body).containsExactly("", "abc");
        assertThat(upstream.requests().getFirst().field("content-length")).isEqualTo("0");
        assertThat(upstream.requests().getFirst().chunked()).isFalse();
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @Test
    void aBodyThatAPolicyEmptiesIsForwardedEmpty() {
        runs(onRequest(exchange -> Decision.withBody(100, body -> {
            if (body.length() > 0) {
                exchange.request().replaceBody(new byte[0]);
            }
            return Decision.next();
        })));
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(HEAD + "Content-Length: 3\r\n\r\nabc").status()).isEqualTo(200);
            assertThat(client.get("/next").status()).isEqualTo(200);
        }
        assertThat(upstream.requests()).extracting(RawRequest::target).containsExactly("/p", "/next");
        assertThat(upstream.requests().getFirst().field("content-length")).isEqualTo("0");
    }

    @Test
    void theAnswerOfAPolicyThatAwaitedGoesOutByItself() {
        runs(onRequest(exchange -> Decision.await(CompletableFuture.supplyAsync(
                () -> Decision.respond(Reply.of(403).withBody("text/plain", "no")),
                CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS)))));
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 3; i++) {
                RawResponse response = client.exchange(GET);
                assertThat(response.status()).isEqualTo(403);
                assertThat(response.body()).isEqualTo("no");
                assertThat(response.field("connection")).isNull();
            }
        }
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void aPolicyThatThrowsBesideATimeOutLeavesTheOtherTimersAlone() {
        upstream.script(TestUpstream.silent());
        Policy throwing = onResponse(exchange -> {
            throw new StackOverflowError("made up");
        });
        new Scripted().with("scripted", throwing).apply(gateway, GatewayYaml.to(upstream).route(SCRIPTED)
                .upstream("timeouts: { response: 100ms }").text());
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.exchange(GET).status()).isEqualTo(500);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"})
    void aStatusWithABodyOnAResponseWithoutOneIsFramedAsEmpty(String bodiless) {
        answers(bodiless);
        runs(onResponse(exchange -> {
            exchange.response().setStatus(200);
            return Decision.next();
        }));
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 2; i++) {
                RawResponse response = client.exchange(GET);
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.framing()).isEqualTo(Framing.LENGTH);
                assertThat(response.body()).isEmpty();
            }
        }
    }

    @Test
    void aLengthThatAServiceGivesANoContentIsNotHandedOn() {
        answers("HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n");
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 2; i++) {
                RawResponse response = client.get("/");
                assertThat(response.status()).isEqualTo(204);
                assertThat(response.field("content-length")).isNull();
            }
        }
    }

    @Test
    void answersOfTheGatewaysOwnCarryADateUnlessAPolicyGivesOne() {
        String date = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} 20[0-9]{2} [0-9:]{8} GMT";
        gateway.apply(GatewayYaml.to(upstream).route("match: [{ path: /only }]").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.get("/none").field("date")).matches(date);
            assertThat(client.get("/only").field("date")).as("a service's own response is left as it is").isNull();
            runs(onRequest(exchange -> Decision.respond(Reply.of(200))));
            assertThat(client.get("/").field("date")).matches(date);
            runs(onRequest(exchange -> Decision.respond(
                    Reply.of(200).withHeader("Date", "Sun, 06 Nov 1994 08:49:37 GMT"))));
            assertThat(client.get("/").fields()).filteredOn(field -> field.name().equalsIgnoreCase("date"))
                    .extracting(RawField::value).containsExactly("Sun, 06 Nov 1994 08:49:37 GMT");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-length: 0", "transfer-encoding: chunked", "connection: close",
        "Content-Length: 1"})
    void theFramingOfAPolicysAnswerIsTheGatewaysOwn(String field) {
        String name = field.substring(0, field.indexOf(':'));
        String value = field.substring(field.indexOf(' ') + 1);
        runs(onRequest(exchange -> Decision.respond(
                Reply.of(200).withHeader(name, value).withHeader("x-kept", "1").withBody("text/plain", "four"))));
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 2; i++) {
                RawResponse response = client.exchange(GET);
                assertThat(response.framing()).isEqualTo(Framing.LENGTH);
                assertThat(response.body()).isEqualTo("four");
                assertThat(response.field("x-kept")).isEqualTo("1");
                assertThat(response.field("transfer-encoding")).isNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPolicyThatOnlyObservesLetsABodyPassThatIsTooLargeForIt(boolean chunked) {
        new Scripted().with("scripted", onRequest(exchange -> Decision.withBody(1000, body -> Decision.next())))
                .apply(gateway, GatewayYaml.to(upstream).route("policies: [{ scripted: {}, mode: observe }]").text());
        byte[] random = new byte[300_000];
        new Random(7).nextBytes(random);
        String body = new String(random, StandardCharsets.ISO_8859_1);
        try (RawClient client = gateway.client()) {
            for (int size : new int[]{300, 7_000, 300_000}) {
                String part = body.substring(0, size);
                RawResponse response = client.exchange(chunked
                        ? HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks(part, 299) + "0\r\n\r\n"
                        : HEAD + "Content-Length: " + size + "\r\n\r\n" + part);
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body().equals(part)).as("%s bytes come back as they were", size).isTrue();
            }
        }
        assertThat(upstream.failures()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 201 Created\r\nX-Of: %s\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 201 Created\r\nX-Of: %s\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 201 Created\r\nX-Of: %s\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"})
    void theEndOfAnExchangeShowsItsOwnResponseWhoeverWaitsForTheConnection(String response) {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        upstream.script(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                gate.pass();
                connection.send(response.formatted(next.target()));
            }
        });
        List<String> ends = new CopyOnWriteArrayList<>();
        Policy watching = new Policy() {
            @Override
            public void onEnd(Exchange exchange, Outcome outcome) {
                ends.add(exchange.request().path() + " " + exchange.response().status() + " "
                        + exchange.response().headers().get("x-of"));
            }
        };
        new Scripted().with("scripted", watching).apply(gateway, GatewayYaml.to(upstream).route(SCRIPTED)
                .upstream(ONE_CONNECTION).text());
        try (RawClient first = gateway.client(); RawClient second = gateway.client()) {
            sendOneBehindTheOther(first, second);
            gate.open();
            assertThat(first.receive().field("x-of")).isEqualTo("/first");
            assertThat(second.receive().field("x-of")).isEqualTo("/second");
        }
        Await.until("both ends", () -> ends.size() == 2);
        assertThat(ends).containsExactly("/first 201 /first", "/second 201 /second");
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @Test
    void whatArrivesWhileTheLoopIsHeldUpHasItsWholeTime() throws IOException {
        TestUpstream.Gate held = new TestUpstream.Gate();
        Policy awaiting = onRequest(exchange -> Decision.await(CompletableFuture.supplyAsync(Decision::next)));
        // Behind the one that awaits it runs as a task of the loop, after the clock has ticked and before sockets are read.
        Policy stalling = onRequest(exchange -> {
            held.open();
            LockSupport.parkNanos(1_500_000_000L);
            return Decision.next();
        });
        new Scripted().with("awaiting", awaiting).with("stalling", stalling).apply(gateway, """
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  all: { endpoints: ["%s"] }
                routes:
                  stall: { match: [{ path: /stall }], upstream: all, policies: [{ awaiting: {} }, { stalling: {} }] }
                  quick: { match: [{ path: /quick }], upstream: all, timeouts: { request: 1s } }
                telemetry: { accessLog: { to: none } }
                """.formatted(upstream.url()));
        try (RawClient stalled = gateway.client(); RawClient quick = gateway.client()) {
            assertThat(quick.get("/quick").status()).isEqualTo(200);
            stalled.send("GET /stall HTTP/1.1\r\nHost: a\r\n\r\n");
            held.pass();
            assertThat(quick.get("/quick").status()).isEqualTo(200);
            assertThat(stalled.receive().status()).isEqualTo(200);
        }
    }
}
