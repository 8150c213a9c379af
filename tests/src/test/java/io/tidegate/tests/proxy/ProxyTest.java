package io.tidegate.tests.proxy;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;

/// Tests that have a gateway with one service behind it, both new for every test. A subclass says in which setups it
/// runs, which service it wants and how the gateway is configured at first.
abstract class ProxyTest {

    /// A request without a body.
    static final String GET = "GET /p HTTP/1.1\r\nHost: a\r\n\r\n";

    /// The beginning of a request whose framing is still to come.
    static final String HEAD = "POST /p HTTP/1.1\r\nHost: a\r\n";

    /// An upstream that makes a second request wait for the connection of the first.
    static final String ONE_CONNECTION = "connections: { maxPerEndpoint: 1, maxWait: 20s }";

    /// The service, started before the gateway and stopped after it.
    TestUpstream upstream;

    /// The gateway, of the setup that the class is run with.
    TestGateway gateway;

    @Parameter
    private TestGateway.Setup setup = TestGateway.Setup.PLAIN;

    @BeforeEach
    void start() {
        upstream = startUpstream();
        gateway = TestGateway.start(setup, configuration().text());
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    /// Starts the service: one that says hello.
    TestUpstream startUpstream() {
        return TestUpstream.hello();
    }

    /// What the gateway is started with: everything goes to the service.
    GatewayYaml configuration() {
        return GatewayYaml.to(upstream);
    }

    /// From here on the service gives this answer to every request.
    final void answers(String response) {
        upstream.script(TestUpstream.answering(response));
    }

    /// Sends a request for `/first`, and one for `/second` that waits for the connection on which the service has the
    /// first. The upstream must have [#ONE_CONNECTION], and the service must not answer yet.
    final void sendOneBehindTheOther(RawClient first, RawClient second) {
        first.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
        upstream.request(0);
        second.send("GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
        Await.until("the second request to wait", () -> gateway.status().connections() == 2
                && gateway.metric("tidegate_upstream_pool_waiting", "") == 1);
    }

    /// The whole of `body` in chunks of `size` bytes, without the last chunk.
    static String chunks(String body, int size) {
        StringBuilder chunks = new StringBuilder();
        for (int from = 0; from < body.length(); from += size) {
            String chunk = body.substring(from, Math.min(body.length(), from + size));
            chunks.append(Integer.toHexString(chunk.length())).append("\r\n").append(chunk).append("\r\n");
        }
        return chunks.toString();
    }
}
