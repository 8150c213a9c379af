package io.tidegate.tests.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Attempt;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Outcome;
import io.tidegate.api.Policy;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.proxy.Scripted;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// What a request is sent once more after, and how that shows.
class CausesTest extends RetryFixture {

    @Test
    void anAnswerOfAListedStatusIsFollowedByAnotherTry() {
        service.script(steps(status(503), status(200)));
        retry("on: [503], " + QUICK);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("200");
            assertThat(client.exchange(GET).body()).as("the client's connection stays").isEqualTo("200");
        }
        assertThat(service.requestCount()).isEqualTo(3);
        assertThat(repeats("status", "answered")).isOne();
    }

    @Test
    void aClassOfStatusesStandsForAllOfThem() {
        service.script(steps(status(500), status(599), status(200)));
        retry("attempts: 2, on: [5xx], " + QUICK);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("200");
        }
    }

    @Test
    void clientsOfHttp2AreServedAlike() {
        service.script(steps(status(503), status(200)));
        retry("on: [503], " + QUICK);
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            assertThat(client.get("/p").body()).isEqualTo("200");
        }
        assertThat(service.requestCount()).isEqualTo(2);
    }

    @Test
    void anAnswerWithoutABodyIsFollowedByAnotherTryToo() {
        service.script(steps((connection, request) -> connection.send("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"),
                status(200)));
        retry("on: [503], " + QUICK);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("200");
        }
    }

    @Test
    void aStatusThatIsNotListedIsTheAnswer() {
        service.script(steps(status(503), status(200)));
        retry("on: [502], " + QUICK);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("503");
        }
        assertThat(service.requestCount()).isOne();
    }

    @Test
    void byDefaultNoStatusIsTriedAgain() {
        service.script(steps(status(503)));
        gateway.apply(GatewayYaml.to(service).text());
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("503");
        }
        assertThat(service.requestCount()).isOne();
    }

    @Test
    void afterTheLastTryTheClientGetsItsAnswer() {
        service.script(steps(status(503), status(502), status(500), status(200)));
        retry("attempts: 2, on: [5xx], " + QUICK);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("500");
        }
        assertThat(service.requestCount()).isEqualTo(3);
        assertThat(repeats("status", "failed")).isEqualTo(2);
    }

    @Test
    void aServiceThatTakesTooLongIsAskedAgainWhereThatIsListed() {
        service.script(steps(silence(), status(200)));
        gateway.apply(GatewayYaml.to(service).upstream("retry: { on: [timeout], " + QUICK + " }")
                .route("timeouts: { perTry: 200ms }").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("200");
        }
        assertThat(repeats("timeout", "answered")).isOne();
        Await.until("the first try to be given up", () -> service.open() == 1);
    }

    @Test
    void aConnectionThatBreaksUnansweredIsFollowedByAnotherTry() {
        service.script(steps(reset(), status(200)));
        retry("on: [reset], " + QUICK);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("200");
        }
        assertThat(repeats("reset", "answered")).isOne();
    }

    @Test
    void aKeptConnectionThatIsLostIsReplacedByANewOneAndNotByAnotherOfItsAge() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        service.script(connection -> {
            connection.request();
            gate.pass();
            connection.answer("first");
            connection.request();
        });
        gateway.apply(GatewayYaml.to(service).text());
        List<RawClient> clients = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            RawClient client = gateway.client();
            clients.add(client.send(GET));
            int sent = i;
            Await.until("the request to arrive", () -> service.requestCount() == sent);
        }
        gate.open();
        clients.forEach(client -> assertThat(client.receive().body()).isEqualTo("first"));
        assertThat(clients.getFirst().exchange(GET).body()).isEqualTo("first");
        clients.forEach(RawClient::close);
        assertThat(service.connections()).isEqualTo(5);
        assertThat(service.requestCount()).isEqualTo(6);
    }

    @Test
    void anEndpointThatIsNotThereIsTriedOnceMore() {
        service.close();
        retry("on: [connectFailure], " + QUICK);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(POST).fault()).isEqualTo("upstream.connect");
        }
        assertThat(repeats("connect_failure", "failed")).isOne();
        assertThat(gateway.metric("tidegate_upstream_faults_total", "code=\"upstream.connect\"")).isEqualTo(2);
    }

    @Test
    void aKeyOfIdempotencyMakesEveryMethodSafe() {
        service.script(steps(status(503), status(200)));
        retry("on: [503], " + QUICK);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("POST /p HTTP/1.1\r\nHost: a\r\nIdempotency-Key: \"k\"\r\nContent-Length: 3\r\n"
                    + "\r\nabc").body()).isEqualTo("200");
        }
        assertThat(service.requests()).extracting(RawRequest::body).containsExactly("abc", "abc");
        assertThat(service.requests()).extracting(request -> request.field("idempotency-key")).containsOnly("\"k\"");
    }

    @Test
    void anotherEndpointIsAskedWhereThereIsOne() {
        TestUpstream bad = TestUpstream.start(steps(status(503)));
        try (bad) {
            gateway.apply(GatewayYaml.to(bad, service)
                    .upstream("loadBalancing: roundRobin, retry: { on: [503], budget: 100%, " + QUICK + " }").text());
            try (RawClient client = gateway.client()) {
                for (int i = 0; i < 40; i++) {
                    assertThat(client.exchange(GET).body()).isEqualTo("hello");
                }
            }
            assertThat(service.requestCount()).isEqualTo(40);
            assertThat(bad.requestCount()).isPositive();
        }
    }

    @Test
    void whatTheServiceAsksToWaitIsWaited() {
        service.script(steps(status(503, "Retry-After: 0"), status(503, "Retry-After: 1"), status(200)));
        retry("attempts: 2, on: [503], backoff: { base: 1ms, max: 2s }");
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("200");
        }
        assertThat(service.requestCount()).isEqualTo(3);
    }

    @Test
    void theServiceIsToldTheNumberOfARepeatWhereItIsToKnow() {
        service.script(steps(status(503), status(503), status(200)));
        retry("attempts: 2, on: [503], attemptHeader: X-Attempt, " + QUICK);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("GET /p HTTP/1.1\r\nHost: a\r\nX-Attempt: 7\r\n\r\n").body()).isEqualTo("200");
        }
        assertThat(service.requests()).extracting(request -> String.valueOf(request.field("x-attempt")))
                .containsExactly("null", "2", "3");
        assertThat(service.request(2).count("x-attempt")).isOne();
    }

    @Test
    void everyKeyOfARouteStandsInPlaceOfItsUpstreams() {
        service.script(steps(status(503), status(503), status(200)));
        gateway.apply(GatewayYaml.to(service).upstream("retry: { attempts: 5, on: [503], " + QUICK + " }")
                .route("retry: { attempts: 1 }").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("503");
        }
        assertThat(service.requestCount()).isEqualTo(2);
    }

    @Test
    void aRouteThatListsNothingTriesNothingAgain() {
        service.script(steps(status(503), status(200)));
        gateway.apply(GatewayYaml.to(service).upstream("retry: { on: [503], " + QUICK + " }")
                .route("retry: { on: [] }").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("503");
        }
    }

    @Test
    void policiesSeeEveryTryOnceAndTheLastAnswerAlone() {
        service.script(steps(status(503), status(503), status(200)));
        List<String> seen = new CopyOnWriteArrayList<>();
        new Scripted().with("watch", new Policy() {

            @Override
            public void onAttempt(Exchange exchange, Attempt attempt) {
                seen.add("attempt " + attempt.number());
            }

            @Override
            public Decision onResponse(Exchange exchange) {
                seen.add("response " + exchange.response().status());
                return Decision.next();
            }

            @Override
            public void onEnd(Exchange exchange, Outcome outcome) {
                seen.add("end after " + outcome.attempts());
            }
        }).apply(gateway, GatewayYaml.to(service).upstream("retry: { attempts: 2, on: [503], " + QUICK + " }")
                .route("policies: [{ watch: {} }]").text());
        try (RawClient client = gateway.client()) {
            RawResponse response = client.exchange(GET);
            assertThat(response.body()).isEqualTo("200");
        }
        Await.until("the end of the exchange", () -> seen.size() == 5);
        assertThat(seen).containsExactly("attempt 1", "attempt 2", "attempt 3", "response 200", "end after 3");
    }
}
