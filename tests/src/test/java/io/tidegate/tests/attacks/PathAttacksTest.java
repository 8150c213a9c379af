package io.tidegate.tests.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.attacks.Attacks.Pieces;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/// Paths that split routing from authorisation: group G.
class PathAttacksTest {

    private static TestUpstream open;
    private static TestUpstream admin;
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        open = TestUpstream.hello();
        admin = TestUpstream.hello();
        gateway = TestGateway.start("""
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  open: { endpoints: ["%s"] }
                  admin: { endpoints: ["%s"] }
                routes:
                  open: { match: [{ path: "/**" }], upstream: open }
                  keep: { match: [{ path: "/keep/**" }], upstream: open, encodedSlash: keep }
                  admin: { match: [{ path: "/admin/**" }], upstream: admin }
                """.formatted(open.url(), admin.url()));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        open.close();
        admin.close();
    }

    @TestFactory
    Stream<DynamicNode> paths() {
        return Attacks.tests("g-paths", this::run);
    }

    private void run(AttackCase attack, Pieces pieces) {
        int atOpen = open.requests().size();
        int atAdmin = admin.requests().size();
        try (RawClient client = gateway.client()) {
            byte[] message = attack.bytes("send");
            client.send(message, pieces.of(message.length));
            RawResponse response = client.receive();
            Attacks.check(response, attack.expectations().getFirst());
        }
        // Whatever went to the open service by mistake is there before these two are answered.
        try (RawClient other = gateway.client()) {
            assertThat(other.get("/marker").status()).isEqualTo(200);
            assertThat(other.get("/admin/marker").status()).isEqualTo(200);
        }
        List<String> openLines = lines(open, atOpen, "/marker");
        List<String> adminLines = lines(admin, atAdmin, "/admin/marker");
        List<String> wanted = attack.all("upstream").stream().map(AttackCase::unescape).toList();
        boolean forAdmin = "admin".equals(attack.one("route"));
        assertThat(openLines).as("requests at the open service").isEqualTo(forAdmin ? List.of() : wanted);
        assertThat(adminLines).as("requests at the service behind /admin").isEqualTo(forAdmin ? wanted : List.of());
        for (String line : openLines) {
            String target = line.substring(line.indexOf(' ') + 1, line.lastIndexOf(' '));
            for (PathReader reader : PathReader.values()) {
                assertThat(reader.read(target)).as("path as %s reads it", reader).doesNotMatch("/admin(/.*)?");
            }
        }
    }

    private static List<String> lines(TestUpstream upstream, int from, String marker) {
        List<RawRequest> all = upstream.requests();
        return all.subList(from, all.size()).stream().filter(request -> !request.target().equals(marker))
                .map(RawRequest::line).toList();
    }
}
