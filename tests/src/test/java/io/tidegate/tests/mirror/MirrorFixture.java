package io.tidegate.tests.mirror;

import io.tidegate.engine.mirror.MirrorReport;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;

/// A gateway with a service and a mirror behind it, each of which answers as a test says.
abstract class MirrorFixture {

    static final String GET = "GET /orders/7?x=1 HTTP/1.1\r\nHost: a\r\n\r\n";

    final TestUpstream service = TestUpstream.hello();
    final TestUpstream mirror = TestUpstream.hello();
    final TestGateway gateway = TestGateway.proxyTo(service);

    @AfterEach
    void stop() {
        gateway.close();
        mirror.close();
        service.close();
    }

    /// The configuration with these keys of `mirror`.
    static String yaml(TestUpstream service, TestUpstream mirror, String keys, String upstreamKeys) {
        GatewayYaml yaml = GatewayYaml.to(service).route("mirror: { upstream: next, " + keys + " }");
        if (!upstreamKeys.isEmpty()) {
            yaml.upstream(upstreamKeys);
        }
        return yaml.text().replace("routes:\n", "  next: { endpoints: [\"" + mirror.url() + "\"]"
                + (upstreamKeys.isEmpty() ? "" : ", " + upstreamKeys) + " }\nroutes:\n");
    }

    /// Puts the mirror behind the gateway, with these keys of `mirror`.
    void mirroring(String keys) {
        gateway.apply(yaml(service, mirror, keys, ""));
    }

    /// An answer with these fields.
    static TestUpstream.Script answer(int status, String body, String... fields) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Told\r\nContent-Length: " + body.length()
                + "\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return TestUpstream.answering(head.append("\r\n").append(body).toString());
    }

    /// An answer of JSON.
    static TestUpstream.Script json(String body) {
        return answer(200, body, "Content-Type: application/json");
    }

    /// How many copies came to this.
    double results(String result) {
        return gateway.metric("tidegate_mirror_requests_total", "route=\"all\",result=\"" + result + '"');
    }

    /// Waits until so many copies came to this.
    void awaitResults(String result, int count) {
        Await.until(() -> count + " of " + result + "; there: " + report(), () -> results(result) >= count);
    }

    /// How many requests were not copied for this.
    double skipped(String cause) {
        return gateway.metric("tidegate_mirror_skipped_total", "route=\"all\",cause=\"" + cause + '"');
    }

    /// What is told of the mirror.
    MirrorReport report() {
        return Objects.requireNonNull(gateway.engine().mirrors().get("all"));
    }
}
