package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Outcome;
import io.tidegate.api.Policy;
import io.tidegate.api.Reply;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Requests of HTTP/2 that end while a policy is waited for: what it decides then is nobody's.
class WaitingPoliciesHttp2Test {

    private static final int CANCEL = 8;

    private final TestUpstream.Gate gate = new TestUpstream.Gate();
    private final CompletableFuture<Decision> waited = new CompletableFuture<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> ended = new CopyOnWriteArrayList<>();
    private TestUpstream upstream;
    private TestGateway gateway;

    @BeforeEach
    void start() {
        upstream = TestUpstream.start(connection -> {
            for (RawRequest request = connection.request(); request != null; request = connection.request()) {
                gate.pass();
                connection.answer("of " + request.target());
            }
        });
        gateway = TestGateway.start(GatewayYaml.to(upstream).text());
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    /// A policy that waits for the test on the way of requests to `/ask`, and on that of answers to `/answer`.
    private final class Waiting implements Policy {

        @Override
        public Decision onRequest(Exchange exchange) {
            return decide(exchange, "/ask");
        }

        @Override
        public Decision onResponse(Exchange exchange) {
            return decide(exchange, "/answer");
        }

        private Decision decide(Exchange exchange, String path) {
            if (!exchange.request().path().equals(path)) {
                return Decision.next();
            }
            asked.add(path);
            return Decision.await(waited);
        }

        @Override
        public void onEnd(Exchange exchange, Outcome outcome) {
            ended.add(exchange.request().path());
        }
    }

    private void checkThatNobodyElseGetsIt(Http2Client client) {
        int next = client.request("GET", "/next", true);
        Await.until("the next request to be on its way", () -> upstream.requests().stream()
                .anyMatch(request -> request.target().equals("/next")));
        waited.complete(Decision.respond(Reply.of(200).withBody("text/plain", "of another request")));
        gate.open();

        Http2Response response = client.response(next);

        assertThat(response.body()).isEqualTo("of /next");
    }

    @Test
    void anAnswerThatAPolicyHoldsEndsWithItsBrokenRequest() {
        new Scripted().with("waiting", new Waiting()).apply(gateway,
                GatewayYaml.to(upstream).route("policies: [{ waiting: {} }]").text());
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            int broken = client.request("POST", "/answer", false, "content-length", "5");
            client.data(broken, "abc", true);
            assertThat(client.response(broken).reset()).isPositive();
            assertThat(asked).containsExactly("/answer");

            checkThatNobodyElseGetsIt(client);
        }
        assertThat(ended).containsExactly("/answer", "/next");
    }

    @Test
    void aRequestThatAPolicyHoldsEndsWithItsClient() {
        new Scripted().with("waiting", new Waiting()).apply(gateway,
                GatewayYaml.to(upstream).route("policies: [{ waiting: {} }]").text());
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            int left = client.request("GET", "/ask", true);
            Await.until("the policy to be asked", () -> asked.equals(List.of("/ask")));
            client.reset(left, CANCEL);
            Await.until("the request to be over", () -> ended.equals(List.of("/ask")));

            checkThatNobodyElseGetsIt(client);
        }
        assertThat(ended).containsExactly("/ask", "/next");
    }
}
