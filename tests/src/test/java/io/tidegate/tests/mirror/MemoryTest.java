package io.tidegate.tests.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.engine.worker.PolicyBounds;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Copies are held within a half of what an event loop may hold, and all of it comes back.
class MemoryTest {

    private static final int BODY = 20_000;
    private static final String PUT = "PUT /p HTTP/1.1\r\nHost: a\r\nContent-Length: " + BODY + "\r\n\r\n"
            + "x".repeat(BODY);

    private static TestGateway start(long held, String yaml) {
        return TestGateway.start(TestGateway.Setup.PLAIN,
                options -> options.withPolicyBounds(new PolicyBounds(held, Duration.ofSeconds(30))), yaml);
    }

    private static double counted(TestGateway gateway, String name, String labels) {
        return gateway.metric("tidegate_mirror_" + name + "_total", labels);
    }

    @Test
    void whatHasNoRoomIsNotCopiedAndTheClientIsServed() {
        try (TestUpstream service = TestUpstream.echo();
                TestUpstream mirror = TestUpstream.echo();
                TestGateway gateway = start(30_000,
                        MirrorFixture.yaml(service, mirror, "methods: [PUT], compare: {}", ""))) {
            try (RawClient client = gateway.client()) {
                assertThat(client.exchange(PUT).body()).hasSize(BODY);
            }
            Await.until("it to be counted", () -> counted(gateway, "skipped", "cause=\"memory\"") == 1);
            assertThat(mirror.requestCount()).isZero();
        }
    }

    @Test
    void allThatWasHeldComesBackHoweverACopyEnds() {
        int many = 200;
        // Room for two copies and their answers, so that what is not given back is missed soon.
        try (TestUpstream service = TestUpstream.echo();
                TestUpstream mirror = TestUpstream.start(connection -> {
                    while (connection.request() != null) {
                        switch (connection.index() % 3) {
                            case 0 -> connection.answer("x".repeat(BODY));
                            case 1 -> connection.send("HTTP/1.1 200 OK\r\nContent-Length: 30000\r\n\r\nhalf");
                            default -> connection.reset();
                        }
                        connection.close();
                    }
                });
                TestGateway gateway = start(300_000, MirrorFixture.yaml(service, mirror,
                        "methods: [PUT], compare: {}", "outlierDetection: { consecutiveErrors: 1000 }"))) {
            try (RawClient client = gateway.client()) {
                for (int i = 0; i < many; i++) {
                    int ended = i + 1;
                    assertThat(client.exchange(PUT).body()).hasSize(BODY);
                    Await.until("the end of the copy", () -> counted(gateway, "requests", "")
                            + counted(gateway, "skipped", "") == ended);
                }
            }
            assertThat(counted(gateway, "skipped", "")).isZero();
            assertThat(counted(gateway, "uncompared", "")).isZero();
            assertThat(counted(gateway, "requests", "result=\"failed\"")).isGreaterThan(many / 2.0);
            assertThat(counted(gateway, "requests", "result=\"headers\"")
                    + counted(gateway, "requests", "result=\"same\"")).isGreaterThan(many / 4.0);
        }
    }
}
