package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Clients that read slowly, and fast enough.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#single")
class SlowReadersTest {

    private static final int LENGTH = 8 << 20;
    private static final int READ_AT_ONCE = 32 * 1024;

    @Parameter
    private TestGateway.Setup setup = TestGateway.Setup.PLAIN;

    @Test
    void theTimeForTheNextRequestDoesNotCutOffTheResponseBeforeIt() throws IOException {
        try (TestUpstream upstream = TestUpstream.start(connection -> {
            while (connection.request() != null) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + LENGTH + "\r\n\r\n");
                connection.sendZeros(LENGTH);
            }
        });
                TestGateway gateway = TestGateway.start(setup,
                        GatewayYaml.to(upstream).listener("timeouts: { idle: 50ms }").text());
                RawClient client = RawClient.connect(gateway.address(), 4096)) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            byte[] buffer = new byte[READ_AT_ONCE];
            long received = 0;
            int count = client.input().read(buffer);
            while (count > 0) {
                received += count;
                LockSupport.parkNanos(count * 300L);
                count = received > LENGTH ? -1 : client.input().read(buffer);
            }
            assertThat(received).isGreaterThan(LENGTH);
        }
    }
}
