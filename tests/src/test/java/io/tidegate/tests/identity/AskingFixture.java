package io.tidegate.tests.identity;

import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.ServicesFixture;
import java.util.function.Function;

/// A gateway before a service, with a policy that asks a server.
abstract class AskingFixture extends ServicesFixture {

    /// A server that answers each request so.
    final TestUpstream asked(Function<RawRequest, String> answer) {
        return service(connection -> {
            RawRequest request;
            while ((request = connection.request()) != null) {
                connection.send(answer.apply(request));
            }
        });
    }

    static String json(String body) {
        return answer(200, "Content-Type: application/json\r\n", body);
    }

    static String answer(int status, String fields, String body) {
        return "HTTP/1.1 " + status + " Said\r\n" + fields + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /// Starts a gateway with this policy before a service, and returns the service.
    final TestUpstream serve(String policy, String rest) {
        TestUpstream service = hello();
        gateway = TestGateway.start(new TestGateway.Setup(io.tidegate.config.ProcessConfig.Transport.AUTO, 2),
                yaml(service, policy, rest));
        return service;
    }

    static String yaml(TestUpstream service, String policy, String rest) {
        return """
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  all: { endpoints: ["%s"], timeouts: { connect: 20s } }
                routes:
                  all: { upstream: all, policies: [%s] }
                telemetry: { accessLog: { to: none } }
                %s
                """.formatted(service.url(), policy, rest);
    }

    static String get(String target, String fields) {
        return "GET " + target + " HTTP/1.1\r\nHost: shop\r\n" + fields + "\r\n";
    }
}
