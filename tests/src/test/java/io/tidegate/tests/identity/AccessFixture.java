package io.tidegate.tests.identity;

import io.tidegate.api.Consumer;
import io.tidegate.api.Principal;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.ServicesFixture;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// A gateway in front of a service that tells what it got, and a few who call.
@SuppressWarnings("NullAway.Init")
abstract class AccessFixture extends ServicesFixture {

    static final Principal SHOP = new Principal("jwt", "u-1", "https://issuer.test",
            new Consumer("shop", Set.of("partners")), Set.of("partners", "eu"), Set.of("read", "write"),
            Map.of("email_verified", true, "plan", "gold"));
    static final Principal GUEST = new Principal("jwt", "u-2", "https://issuer.test", null, Set.of(), Set.of("read"),
            Map.of());

    final KnownCallers callers = new KnownCallers(Map.of("shop", SHOP, "guest", GUEST));

    /// The requests that the service got.
    final List<RawRequest> got = new CopyOnWriteArrayList<>();

    /// A gateway whose only route has these policies, given as items of a list.
    void start(String... policies) {
        start("", policies);
    }

    /// A gateway whose only route has these policies, with more below the rest of its configuration.
    void start(String more, String[] policies) {
        TestUpstream service = service(connection -> {
            for (var request = connection.request(); request != null; request = connection.request()) {
                got.add(request);
                connection.send(HELLO);
            }
        });
        gateway = TestGateway.proxyTo(service);
        callers.apply(gateway, yaml(service, more, policies));
    }

    static String yaml(TestUpstream service, String more, String... policies) {
        return """
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  all: { endpoints: ["%s"], timeouts: { connect: 20s } }
                telemetry: { accessLog: { to: none } }
                routes:
                  all:
                    upstream: all
                    policies:
                %s
                %s
                """.formatted(service.url(),
                String.join("\n", List.of(policies).stream().map(policy -> "      - " + policy).toList()), more);
    }

    RawResponse as(String caller) {
        return send("X-Caller: " + caller + "\r\n");
    }

    /// Sends a request with these fields, each with its line break.
    RawResponse send(String fields) {
        try (RawClient client = gateway.client()) {
            return client.exchange("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
        }
    }
}
