package io.tidegate.tests.limits;

import io.tidegate.config.ProcessConfig.Transport;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestGateway.Setup;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/// Tests with services that are bounded.
@SuppressWarnings("NullAway.Init")
abstract class LimitsFixture {

    static final Setup TWO_LOOPS = new Setup(Transport.AUTO, 2);
    static final String HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    static final String BROKEN = "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n";

    private final List<TestUpstream> services = new ArrayList<>();
    TestGateway gateway;
    /// What services of [#moody] answer.
    volatile String answer = HELLO;

    @AfterEach
    void stop() {
        if (gateway != null) {
            gateway.close();
        }
        services.forEach(TestUpstream::close);
    }

    TestUpstream service(TestUpstream.Script script) {
        TestUpstream made = TestUpstream.start(script);
        services.add(made);
        return made;
    }

    TestUpstream hello() {
        return service(TestUpstream.answering(HELLO));
    }

    /// One whose answer changes with [#answer].
    TestUpstream moody() {
        return service(connection -> {
            while (connection.request() != null) {
                connection.send(answer);
            }
        });
    }

    void run(String keys, TestUpstream... endpoints) {
        run(GatewayYaml.to(endpoints).upstream(keys).upstream("retry: { attempts: 0 }").text());
    }

    void run(String yaml) {
        gateway = TestGateway.start(TWO_LOOPS, yaml);
    }

    RawResponse get() {
        return get("/");
    }

    RawResponse get(String path) {
        try (RawClient client = gateway.client()) {
            return client.get(path);
        }
    }

    double running() {
        return gateway.metric("tidegate_upstream_concurrency", "");
    }

    double waiting() {
        return gateway.metric("tidegate_upstream_concurrency_waiting", "");
    }

    double refused() {
        return gateway.metric("tidegate_upstream_concurrency_refused_total", "");
    }
}
