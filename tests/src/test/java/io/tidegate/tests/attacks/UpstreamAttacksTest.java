package io.tidegate.tests.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.UpstreamConnection;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.attacks.Attacks.Pieces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
        AtomicInteger servedBy = new AtomicInteger(-1);
        Served served = new Served(attacked, sent, servedBy);
        try (TestUpstream upstream = TestUpstream.start(connection -> serve(connection, attack, pieces, served));
                RawClient client = clientOf(upstream)) {
            String request = new String(attack.bytes("send"), StandardCharsets.ISO_8859_1);
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
            // Whatever the service sent behind its answer must never be taken for the answer to this. What it sends
            // after the next request has come can't be told from an answer by anybody.
            Await.until("all of the answer is sent", sent::get);
            next(attack, client);
            // Nothing was tried again that reached the service, and nothing was followed.
            assertThat(upstream.requests()).extracting(RawRequest::target).isEqualTo(List.of("/p", "/after"));
            checkConnections(attack, upstream, servedBy.get());
        }
    }

    /// What has been served, and by which connection.
    private record Served(AtomicBoolean attacked, AtomicBoolean sent, AtomicInteger nextBy) {
    }

    private static void next(AttackCase attack, RawClient client) {
        if (attack.yes("broken")) {
            // The client's connection is broken with the response.
            assertThat(client.ending()).isNotEqualTo(RawClient.Ending.BYTES);
            try (RawClient other = gateway.client()) {
                assertThat(other.exchange(Attacks.AFTER).body()).isEqualTo("after");
            }
        } else {
            assertThat(client.exchange(Attacks.AFTER).body()).isEqualTo("after");
        }
    }

    /// A connection on which something was wrong is closed, and the next request goes on another one.
    private static void checkConnections(AttackCase attack, TestUpstream upstream, int nextBy) {
        String told = attack.one("service");
        boolean kept = told == null ? !attack.refused() && !attack.yes("broken") : told.equals("kept");
        assertThat(nextBy).as("number of the service's connection that served the next request")
                .isEqualTo(kept ? 0 : 1);
        assertThat(upstream.connections()).as("connections made to the service").isEqualTo(kept ? 1 : 2);
        Await.until(() -> "the service's first connection to be closed; open: " + upstream.open(),
                () -> upstream.open() == 1);
    }

    private RawClient clientOf(TestUpstream upstream) {
        // Each answer is looked at by itself.
        gateway.apply(GatewayYaml.to(upstream).upstream("timeouts: { connect: 20s }, retry: { attempts: 0 }").text());
        return gateway.client();
    }

    private static void serve(UpstreamConnection connection, AttackCase attack, Pieces pieces, Served served)
            throws IOException {
        for (RawRequest next = connection.request(); next != null; next = connection.request()) {
            if (served.attacked().getAndSet(true)) {
                served.nextBy().set(connection.index());
                connection.answer("after");
                continue;
            }
            byte[] bytes = attack.bytes("respond");
            try {
                send(connection, bytes, pieces.of(bytes.length));
            } finally {
                served.sent().set(true);
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
