package io.tidegate.tests.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.attacks.Attacks.Pieces;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/// Paths that split routing from authorisation: group G.
class PathAttacksTest {

    private static final Set<String> MARKERS = Set.of("/marker", "/admin/marker", "/after");

    private static TestUpstream open;
    private static TestUpstream admin;
    private static TestUpstream api;
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        open = TestUpstream.hello();
        admin = TestUpstream.hello();
        api = TestUpstream.hello();
        gateway = TestGateway.start("""
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  open: { endpoints: ["%s"] }
                  admin: { endpoints: ["%s"] }
                  api: { endpoints: ["%s"] }
                routes:
                  open: { match: [{ path: "/**" }], upstream: open }
                  keep: { match: [{ path: "/keep/**" }], upstream: open, encodedSlash: keep }
                  matrix: { match: [{ path: "/matrix/**" }], upstream: open, pathParameters: keep }
                  admin: { match: [{ path: "/admin/**" }], upstream: admin }
                  api: { match: [{ path: "/api/**" }], upstream: api, policies: [{ rewrite: { stripPrefix: /api } }] }
                  kept:
                    match: [{ path: "/kept/**" }]
                    upstream: api
                    encodedSlash: keep
                    policies: [{ rewrite: { stripPrefix: /kept } }]
                  cut:
                    match: [{ path: "/cut/**" }]
                    upstream: api
                    policies:
                      - rewrite: { regex: "^/cut/x([^/]*)/(.*)$", replacement: "/$1/$2" }
                      - rewrite: { regex: "^/cut/y([^/]*)/(.*)$", replacement: "/a/$1/$2" }
                """.formatted(open.url(), admin.url(), api.url()));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        open.close();
        admin.close();
        api.close();
    }

    @TestFactory
    Stream<DynamicNode> paths() {
        return Attacks.tests("g-paths", this::run);
    }

    private void run(AttackCase attack, Pieces pieces) {
        int atOpen = open.requests().size();
        int atAdmin = admin.requests().size();
        int atApi = api.requests().size();
        double rejects = gateway.metric("tidegate_rejects_total", "");
        try (RawClient client = gateway.client()) {
            byte[] message = attack.bytes("send");
            client.send(message, pieces.of(message.length));
            // Behind what is refused: never parsed. Behind anything else: the connection serves on.
            client.send(attack.refused() ? Attacks.SMUGGLED : Attacks.AFTER);
            RawResponse response = client.receive();
            Attacks.check(response, attack.expectations().getFirst());
            if (attack.refused()) {
                assertThat(response.field("connection")).as("connection").isEqualTo("close");
                Attacks.checkClosed(client);
            } else {
                assertThat(client.receive().body()).isEqualTo("hello");
            }
        }
        // Whatever went to a service by mistake is there before these are answered.
        try (RawClient other = gateway.client()) {
            for (String marker : List.of("/marker", "/admin/marker", "/api/marker")) {
                assertThat(other.get(marker).status()).isEqualTo(200);
            }
        }
        List<String> openLines = lines(open, atOpen);
        List<String> wanted = attack.all("upstream").stream().map(AttackCase::unescape).toList();
        String route = Objects.requireNonNullElse(attack.one("route"), "open");
        assertThat(openLines).as("requests at the open service").isEqualTo(route.equals("open") ? wanted : List.of());
        assertThat(lines(admin, atAdmin)).as("requests at the service behind /admin")
                .isEqualTo(route.equals("admin") ? wanted : List.of());
        assertThat(lines(api, atApi)).as("requests at the service behind /api")
                .isEqualTo(route.equals("api") ? wanted : List.of());
        checkReadings(openLines);
        Await.until(() -> "the reject to be counted once; counted: "
                + (gateway.metric("tidegate_rejects_total", "") - rejects),
                () -> gateway.metric("tidegate_rejects_total", "") == rejects + (attack.refused() ? 1 : 0));
    }

    private static void checkReadings(List<String> lines) {
        for (String line : lines) {
            String target = line.substring(line.indexOf(' ') + 1, line.lastIndexOf(' '));
            for (PathReader reader : PathReader.values()) {
                assertThat(reader.read(target)).as("path as %s reads it", reader).doesNotMatch("/admin(/.*)?");
            }
        }
    }

    private static List<String> lines(TestUpstream upstream, int from) {
        List<RawRequest> all = upstream.requests();
        return all.subList(from, all.size()).stream().filter(request -> !MARKERS.contains(request.target()))
                .map(RawRequest::line).toList();
    }
}
