package io.tidegate.tests.limits;

import io.tidegate.config.ProcessConfig.Transport;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestGateway.Setup;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.ServicesFixture;

/// Tests with services that are bounded.
@SuppressWarnings("NullAway.Init")
abstract class LimitsFixture extends ServicesFixture {

    static final Setup TWO_LOOPS = new Setup(Transport.AUTO, 2);
    static final String BROKEN = "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n";

    /// What services of [#moody] answer.
    volatile String answer = HELLO;

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
