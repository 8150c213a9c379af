package io.tidegate.tests.state;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/// Gateways before a service that counts what it does.
class StateFixture {

    private final List<AutoCloseable> opened = new ArrayList<>();
    final AtomicInteger served = new AtomicInteger();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    <T extends AutoCloseable> T closed(T each) {
        opened.add(each);
        return each;
    }

    /// A service that answers 201 with the number of the request.
    TestUpstream counting() {
        return closed(TestUpstream.start(connection -> {
            while (connection.request() != null) {
                String number = "order " + served.incrementAndGet();
                connection.send("HTTP/1.1 201 Created\r\nX-Number: " + number + "\r\nSet-Cookie: a=b\r\n"
                        + "Content-Type: text/plain\r\nContent-Length: " + number.length() + "\r\n\r\n" + number);
            }
        }));
    }

    /// A gateway with two loops whose only route has this policy.
    TestGateway gateway(TestUpstream service, String policy, String rest) {
        return closed(TestGateway.start(new TestGateway.Setup(io.tidegate.config.ProcessConfig.Transport.AUTO, 2),
                TestRedis::usable, yaml(service, policy, rest)));
    }

    static String yaml(TestUpstream service, String policy, String rest) {
        return """
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  all: { endpoints: ["%s"], timeouts: { connect: 20s } }
                routes:
                  all: { upstream: all, policies: [{ %s }] }
                telemetry: { accessLog: { to: none } }
                %s
                """.formatted(service.url(), policy, rest);
    }

    static String redis(TestRedis redis, String more) {
        return "sharedState: { redis: { nodes: [\"" + redis.url() + "\"]" + more + " } }";
    }

    static RawResponse post(TestGateway gateway, String key, String body) {
        try (RawClient client = gateway.client()) {
            return client.exchange(request(key, body));
        }
    }

    static String request(String key, String body) {
        return "POST /orders HTTP/1.1\r\nHost: a\r\nIdempotency-Key: " + key + "\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
    }
}
