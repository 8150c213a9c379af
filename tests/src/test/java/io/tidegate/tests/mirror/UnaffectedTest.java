package io.tidegate.tests.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestUpstream;
import org.junit.jupiter.api.Test;

/// Clients never notice a mirror, whatever it does.
class UnaffectedTest extends MirrorFixture {

    private static final int MANY = 300;

    /// Sends many requests by both protocols; each must be answered by the service.
    private void manyAreServed() {
        int before = service.requestCount();
        try (RawClient client = gateway.client(); Http2Client other = Http2Client.connect(gateway.address())) {
            for (int i = 0; i < MANY / 2; i++) {
                assertThat(client.exchange(GET).body()).isEqualTo("hello");
                assertThat(other.get("/p").body()).isEqualTo("hello");
            }
        }
        assertThat(service.requestCount() - before).isEqualTo(MANY);
    }

    /// Every copy has come to its end, and every request is accounted for.
    private void allAreCounted() {
        Await.until(() -> "the ends of all copies: " + report(), () -> {
            double sum = gateway.metric("tidegate_mirror_requests_total", "")
                    + gateway.metric("tidegate_mirror_skipped_total", "");
            return sum >= MANY;
        });
    }

    @Test
    void aMirrorThatIsDead() {
        mirror.close();
        mirroring("timeout: 10s");
        manyAreServed();
        allAreCounted();
        assertThat(results("failed") + skipped("unavailable")).isEqualTo(MANY);
        assertThat(gateway.metric("tidegate_mirror_faults_total", "code=\"upstream.connect\"")).isPositive();
    }

    @Test
    void aMirrorThatNeverAnswers() {
        mirror.script(TestUpstream.silent());
        mirroring("timeout: 100ms, maxRunning: 3, compare: {}");
        manyAreServed();
        allAreCounted();
        assertThat(results("failed") + skipped("busy") + skipped("unavailable")).isEqualTo(MANY);
        Await.until("its connections to be given up", () -> mirror.open() == 0);
    }

    @Test
    void aMirrorThatBreaksInTheMiddle() {
        mirror.script(TestUpstream.answeringOnce("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf"));
        mirroring("compare: {}, maxRunning: 10000");
        manyAreServed();
        allAreCounted();
        assertThat(results("failed") + skipped("unavailable")).isEqualTo(MANY);
    }

    @Test
    void aMirrorWhoseAnswerHasNoEnd() {
        mirror.script(connection -> {
            if (connection.request() != null) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
                connection.sendZeros(1_000_000_000);
            }
        });
        mirroring("compare: {}, maxRunning: 2, timeout: 10s");
        manyAreServed();
        allAreCounted();
        assertThat(results("uncompared") + skipped("busy")).isEqualTo(MANY);
        Await.until("its connections to be given up", () -> mirror.open() == 0);
    }

    @Test
    void aMirrorOfHttp2ThatResetsAndLeaves() {
        service.script(Http2Service.serving((to, request) -> to.answer(request, 200, "hello")));
        mirror.script(Http2Service.serving((to, request) -> {
            if (request.stream() % 4 == 1) {
                to.reset(request.stream(), 2);
            } else {
                to.goAway(request.stream(), 0);
                to.answer(request, 200, "hello");
            }
        }));
        gateway.apply(yaml(service, mirror, "compare: {}, maxRunning: 10000", "protocol: h2c"));
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < MANY; i++) {
                assertThat(client.exchange(GET).body()).isEqualTo("hello");
            }
        }
        allAreCounted();
        assertThat(results("same") + results("failed") + skipped("unavailable")).isEqualTo(MANY);
    }

    @Test
    void aClientThatLeavesTakesNothingWithIt() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        service.script(connection -> {
            if (connection.request() != null) {
                gate.pass();
                connection.answer("late");
            }
        });
        mirroring("compare: {}");
        try (RawClient client = gateway.client()) {
            client.send(GET);
            mirror.request(0);
        }
        awaitResults("uncompared", 1);
        gate.open();
        try (RawClient client = gateway.client()) {
            client.send("PUT /p HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\nabc");
            service.head(1);
        }
        assertThat(results("uncompared")).isOne();
    }

    @Test
    void aBodyThatNeverEndsIsNotSentToTheMirror() {
        mirroring("methods: [PUT]");
        try (RawClient client = gateway.client()) {
            client.send("PUT /p HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\nabc");
            service.head(0);
        }
        Await.until("it to be counted", () -> skipped("incomplete") == 1);
        assertThat(mirror.requestCount()).isZero();
    }

    @Test
    void aMirrorIsLeftOutByWhatItDoesItself() {
        mirror.close();
        mirroring("timeout: 10s");
        manyAreServed();
        allAreCounted();
        assertThat(skipped("unavailable")).isPositive();
        assertThat(gateway.metric("tidegate_requests_total", "route=\"all\",status_class=\"2xx\"")).isEqualTo(MANY);
        assertThat(gateway.metric("tidegate_faults_total", "")).isZero();
    }
}
