package io.tidegate.tests.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import org.junit.jupiter.api.Test;

/// Repeats of requests, in one gateway.
class IdempotencyTest extends StateFixture {

    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    @Test
    void aRepeatGetsWhatTheFirstGotOverHttp1AndHttp2() {
        TestGateway gateway = gateway(counting(), "idempotency: {}", "");

        RawResponse first = post(gateway, "k1", "{}");
        RawResponse second = post(gateway, "\"k1\"", "{}");

        assertThat(first.status()).isEqualTo(201);
        assertThat(first.field("Idempotent-Replayed")).isNull();
        assertThat(first.field("Set-Cookie")).isEqualTo("a=b");
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.body()).isEqualTo("order 1");
        assertThat(second.field("X-Number")).isEqualTo("order 1");
        assertThat(second.field("Content-Type")).isEqualTo("text/plain");
        assertThat(second.field("Idempotent-Replayed")).isEqualTo("true");
        assertThat(second.field("Set-Cookie")).isNull();
        try (Http2Client client = Http2Client.connect(gateway.address()).host("a")) {
            int stream = client.request("POST", "/orders", false, "idempotency-key", "k1");
            client.data(stream, "{}", true);
            Http2Response third = client.response(stream);
            assertThat(third.body()).isEqualTo("order 1");
            assertThat(third.field("idempotent-replayed")).isEqualTo("true");
        }
        assertThat(served).hasValue(1);
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"replayed\"")).isEqualTo(2);
        assertThat(post(gateway, "k2", "{}").body()).isEqualTo("order 2");
    }

    @Test
    void aKeyThatIsUsedForAnotherRequestIsRefused() {
        TestGateway gateway = gateway(counting(), "idempotency: { required: true }", "");
        post(gateway, "k1", "{}");

        RawResponse other = post(gateway, "k1", "[]");

        assertThat(other.status()).isEqualTo(422);
        assertThat(other.fault()).isEqualTo("idempotency.key_reused");
        try (RawClient client = gateway.client()) {
            RawResponse target = client.exchange(request("k1", "{}").replace("/orders", "/orders?a"));
            assertThat(target.status()).isEqualTo(422);
            assertThat(client.exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").fault())
                    .isEqualTo("idempotency.key_missing");
            assertThat(client.exchange(request("a, b", "")).fault()).isEqualTo("idempotency.key_syntax");
        }
        assertThat(served).hasValue(1);
    }

    @Test
    void aRepeatBesideTheFirstIsToldToWaitAndALengthlessAnswerIsKept() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        TestUpstream slow = closed(TestUpstream.start(connection -> {
            while (connection.request() != null) {
                served.incrementAndGet();
                gate.pass();
                connection.send(CHUNKED + "5\r\nhello\r\n0\r\n\r\n");
            }
        }));
        TestGateway gateway = gateway(slow, "idempotency: {}", "");
        try (RawClient first = gateway.client()) {
            first.send(request("k1", ""));
            Await.until("the first to arrive", () -> served.get() == 1);

            RawResponse beside = post(gateway, "k1", "");
            assertThat(beside.status()).isEqualTo(409);
            assertThat(beside.fault()).isEqualTo("idempotency.in_progress");
            assertThat(beside.field("Retry-After")).isEqualTo("1");

            gate.open();
            assertThat(first.receive().body()).isEqualTo("hello");
        }
        Await.until("the answer to be kept", () -> post(gateway, "k1", "").status() == 200);
        assertThat(post(gateway, "k1", "").body()).isEqualTo("hello");
        assertThat(served).hasValue(1);
    }

    @Test
    void aKeyStaysTakenWhileTheServiceMayStillBeAtWork() {
        TestUpstream busy = closed(TestUpstream.start(connection -> {
            while (connection.request() != null) {
                served.incrementAndGet();
                connection.awaitEnd();
            }
        }));
        TestGateway gateway = closed(TestGateway.start(yaml(busy, "idempotency: {}", "")
                .replace("timeouts: { connect: 20s }", "timeouts: { response: 50ms }")));

        assertThat(post(gateway, "k1", "").status()).isEqualTo(504);
        assertThat(post(gateway, "k1", "").fault()).isEqualTo("idempotency.in_progress");
        assertThat(served).hasValue(1);
    }

    @Test
    void anAnswerThatIsNotKeptLeavesTheKeyFree() {
        TestUpstream failing = closed(TestUpstream.start(connection -> {
            while (connection.request() != null) {
                connection.send(served.incrementAndGet() == 1
                        ? "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"
                        : CHUNKED + "14\r\n" + "x".repeat(20) + "\r\n0\r\n\r\n");
            }
        }));
        TestGateway gateway = gateway(failing, "idempotency: { maxResponseBody: 10B }", "");

        assertThat(post(gateway, "k1", "").status()).isEqualTo(500);
        assertThat(post(gateway, "k1", "").body()).hasSize(20);
        assertThat(post(gateway, "k1", "").body()).hasSize(20);

        assertThat(served).hasValue(3);
    }

    @Test
    void theKeyOfAClientThatLeftIsHeldWhileTheServiceMayBeAtWork() {
        TestUpstream silent = closed(TestUpstream.start(connection -> {
            while (connection.request() != null) {
                served.incrementAndGet();
            }
        }));
        TestGateway gateway = gateway(silent, "idempotency: {}", "");
        try (RawClient first = gateway.client()) {
            first.send(request("k1", ""));
            Await.until("the first to arrive", () -> served.get() == 1);
        }
        Await.until("the first to be over", () -> gateway.status().connections() == 0);

        assertThat(post(gateway, "k1", "").status()).isEqualTo(409);
    }
}
