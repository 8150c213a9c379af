package io.tidegate.tests.retry;

import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.UpstreamConnection;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/// Tests that have a gateway with one service behind it that answers each request by its number.
abstract class RetryFixture {

    /// A request without a body.
    static final String GET = "GET /p HTTP/1.1\r\nHost: a\r\n\r\n";

    /// A request that must not be sent twice.
    static final String POST = "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";

    /// Retries with hardly a wait.
    static final String QUICK = "backoff: { base: 1ms, max: 1ms }";

    TestUpstream service = TestUpstream.hello();
    TestGateway gateway = TestGateway.proxyTo(service);

    @AfterEach
    void stop() {
        gateway.close();
        service.close();
    }

    /// What a service does with a request.
    @FunctionalInterface
    interface Step {

        /// Does it; what is sent is sent on the connection that the request came on.
        void serve(UpstreamConnection connection, RawRequest request) throws IOException;
    }

    /// Answers with this status and a body that names it.
    static Step status(int status, String... fields) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Told\r\nContent-Length: 3\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        String answer = head.append("\r\n").append(status).toString();
        return (connection, request) -> connection.send(answer);
    }

    /// Breaks the connection off.
    static Step reset() {
        return (connection, request) -> connection.reset();
    }

    /// Never answers.
    static Step silence() {
        return (connection, request) -> connection.awaitEnd();
    }

    /// Serves the first request by the first step and so on, whatever connection it comes on; those that follow by the
    /// last.
    static TestUpstream.Script steps(Step... steps) {
        AtomicInteger served = new AtomicInteger();
        return connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                steps[Math.min(served.getAndIncrement(), steps.length - 1)].serve(connection, next);
            }
        };
    }

    /// Puts the service behind the gateway, with this `retry` of its upstream.
    void retry(String keys) {
        gateway.apply(GatewayYaml.to(service).upstream("retry: { " + keys + " }").text());
    }

    /// How many repeats came to this end.
    double repeats(String reason, String result) {
        return gateway.metric("tidegate_retries_total",
                "upstream=\"all\",reason=\"" + reason + "\",result=\"" + result + '"');
    }

    /// How many repeats were refused for this.
    double refused(String cause) {
        return gateway.metric("tidegate_retries_refused_total", "upstream=\"all\",cause=\"" + cause + '"');
    }
}
