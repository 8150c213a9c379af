package io.tidegate.tests.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Frames that come when it is over: with a stream, or with the connection.
class Http2LateFramesTest {

    private TestUpstream upstream;
    private TestGateway gateway;

    @BeforeEach
    void start() {
        upstream = TestUpstream.hello();
        gateway = TestGateway.start(GatewayYaml.to(upstream).text());
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void streamsAreLimitedBeforeTheClientHasSeenTheSettings() {
        upstream.script(TestUpstream.silent());
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            for (int i = 0; i < 101; i++) {
                client.request("GET", "/", true);
            }
            assertThat(client.response(201).reset()).isEqualTo(7);
        }
    }
}
