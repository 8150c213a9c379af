package io.tidegate.tests.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.UpstreamConnection;
import io.tidegate.tests.attacks.Attacks.Pieces;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/// What a hostile or broken service answers: group F.
class UpstreamAttacksTest {

    private static final long BETWEEN_PIECES_NANOS = 20_000;

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        try (TestUpstream nobody = TestUpstream.hello()) {
            gateway = TestGateway.proxyTo(nobody);
        }
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @TestFactory
    Stream<DynamicNode> responses() {
        return Attacks.tests("f-upstream", this::run);
    }

    private void run(AttackCase attack, Pieces pieces) {
        AtomicBoolean attacked = new AtomicBoolean();
        AtomicBoolean sent = new AtomicBoolean();
        try (TestUpstream upstream = TestUpstream
                .start(connection -> serve(connection, attack, pieces, attacked, sent));
                RawClient client = clientOf(upstream)) {
            String request = new String(attack.bytes("send"), java.nio.charset.StandardCharsets.ISO_8859_1);
            client.send(request.isEmpty() ? "GET /p HTTP/1.1\r\nHost: a\r\n\r\n" : request);
            RawResponse response = Attacks.receive(client, request.startsWith("HEAD") ? "HEAD" : "GET");
            Attacks.check(response, attack.expectations().getFirst());
            Attacks.checkFields(attack, response.fields());
            assertThat(response.trailers()).as("trailers").isEmpty();
            String body = attack.one("body");
            if (body != null) {
                assertThat(response.body()).isEqualTo(AttackCase.unescape(body));
            }
            assertThat(response.complete()).as("whether the response is complete").isEqualTo(!attack.yes("broken"));
            if (!attack.yes("broken")) {
                // Whatever the service sent behind its answer must never be taken for the answer to this. What it sends
                // after the next request has come can't be told from an answer by anybody.
                Await.until("all of the answer is sent", sent::get);
                assertThat(client.exchange(Attacks.AFTER).body()).isEqualTo("after");
            }
            // Nothing was tried again that reached the service, and nothing was followed.
            assertThat(upstream.requests()).extracting(RawRequest::target)
                    .isEqualTo(attack.yes("broken") ? java.util.List.of("/p") : java.util.List.of("/p", "/after"));
        }
    }

    private RawClient clientOf(TestUpstream upstream) {
        gateway.apply(TestGateway.proxying(upstream));
        return gateway.client();
    }

    private static void serve(UpstreamConnection connection, AttackCase attack, Pieces pieces, AtomicBoolean attacked,
            AtomicBoolean sent) throws IOException {
        for (RawRequest next = connection.request(); next != null; next = connection.request()) {
            if (attacked.getAndSet(true)) {
                connection.answer("after");
                continue;
            }
            byte[] bytes = attack.bytes("respond");
            try {
                send(connection, bytes, pieces.of(bytes.length));
            } finally {
                sent.set(true);
            }
            if ("close".equals(attack.one("ending"))) {
                return;
            }
            if ("reset".equals(attack.one("ending"))) {
                connection.reset();
                return;
            }
        }
    }

    private static void send(UpstreamConnection connection, byte[] bytes, int piece) throws IOException {
        for (int from = 0; from < bytes.length; from += piece) {
            connection.send(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + piece)));
            LockSupport.parkNanos(BETWEEN_PIECES_NANOS);
        }
    }
}
