package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Policy;
import io.tidegate.api.Reply;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that read slowly, and fast enough.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#single")
class SlowReadersTest extends ProxyTest {

    /// More than the operating system takes over at once.
    private static final int LENGTH = 10 << 20;
    private static final int READ_AT_ONCE = 32 * 1024;
    private static final long NANOS_PER_BYTE = 350;
    private static final int PIPELINED = 20_000;

    @ParameterizedTest
    @ValueSource(strings = {"close", "keep-alive"})
    void theTimeAfterTheLastResponseDoesNotCutItOff(String connection) throws IOException {
        Reply large = Reply.of(200).withBody("application/octet-stream", new byte[LENGTH]);
        Policy answering = new Policy() {
            @Override
            public Decision onRequest(Exchange exchange) {
                return Decision.respond(large);
            }
        };
        new Scripted().with("scripted", answering).apply(gateway, GatewayYaml.to(upstream)
                .listener("timeouts: { idle: 100ms, writeIdle: 2s }").route("policies: [{ scripted: {} }]").text());
        try (RawClient client = RawClient.connect(gateway.address(), 4096)) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: " + connection + "\r\n\r\n");
            byte[] buffer = new byte[READ_AT_ONCE];
            long received = 0;
            int count = client.input().read(buffer);
            while (count > 0) {
                received += count;
                LockSupport.parkNanos(count * NANOS_PER_BYTE);
                count = received > LENGTH ? -1 : client.input().read(buffer);
            }
            assertThat(received).isGreaterThan(LENGTH);
        }
    }

    @Test
    void requestsOfAClientThatDoesNotTakeItsAnswersWait() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        String filling = "x".repeat(4096);
        Policy answering = new Policy() {
            @Override
            public Decision onRequest(Exchange exchange) {
                answered.incrementAndGet();
                return Decision.respond(Reply.of(200).withBody("text/plain", exchange.request().path() + filling));
            }
        };
        new Scripted().with("scripted", answering).apply(gateway, GatewayYaml.to(upstream)
                .listener("limits: { requestsPerConnection: 1000000 }").route("policies: [{ scripted: {} }]").text());
        try (RawClient client = RawClient.connect(gateway.address(), 4096)) {
            Thread sender = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < PIPELINED; i++) {
                    client.send("GET /" + i + " HTTP/1.1\r\nHost: a\r\n\r\n");
                }
            });

            long before = Await.untilSteady("the answers", 20, () -> (long) answered.get());

            assertThat(before).isPositive().isLessThan(PIPELINED);
            for (int i = 0; i < PIPELINED; i++) {
                assertThat(client.receive().body()).startsWith("/" + i + "x");
            }
            sender.join();
        }
    }
}
