package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Unix sockets on both sides.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#unix")
class UnixSocketsTest extends ProxyTest {

    @TempDir
    private Path folder;

    @Override
    TestUpstream startUpstream() {
        return TestUpstream.start(folder.resolve("up.sock"),
                TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
    }

    @Override
    GatewayYaml configuration() {
        return GatewayYaml.to(upstream).at("unix:" + folder.resolve("gate.sock"));
    }

    @Test
    void carryRequestsOnBothSides() {
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.exchange("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc").body())
                        .isEqualTo("hello");
            }
        }
        assertThat(upstream.connections()).isEqualTo(1);
        assertThat(upstream.request(0).body()).isEqualTo("abc");
        assertThat(upstream.request(0).field("forwarded")).isEqualTo("for=_unix;proto=http");
    }
}
