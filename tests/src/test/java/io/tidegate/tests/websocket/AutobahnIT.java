package io.tidegate.tests.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.TestGateway;
import io.tidegate.tests.Autobahn;
import io.tidegate.tests.GatewayYaml;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Autobahn test suite against a service, directly and through the gateway: nothing may be different. Without the
/// cases that measure speed (9) and compression (12, 13), which take minutes, and those of the text within messages (6),
/// which nobody here looks at.
@Tag("real")
class AutobahnIT {

    private static final List<String> LEFT_OUT = List.of("6.*", "9.*", "12.*", "13.*");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void theSameCasesPassAsWithoutTheGateway() throws Exception {
        try (EchoServer service = new EchoServer();
                TestGateway gateway = TestGateway
                        .start(GatewayYaml.to("http://127.0.0.1:" + service.port()).text())) {
            int port = ((InetSocketAddress) gateway.address()).getPort();

            Map<String, Map<String, String>> results = Autobahn.run(folder,
                    Map.of("direct", service.port(), "gateway", port), LEFT_OUT);

            Map<String, String> direct = results.getOrDefault("direct", Map.of());
            assertThat(direct).hasSizeGreaterThan(90);
            assertThat(direct.values()).as("of the service itself").filteredOn(result -> result.startsWith("OK "))
                    .hasSizeGreaterThan(direct.size() / 2);
            Map<String, String> through = results.getOrDefault("gateway", Map.of());
            assertThat(behaviour(through)).isEqualTo(behaviour(direct));
            // A service that closes while its client still sends may break the connection before its Close frame was read,
            // directly too: how often is left to chance.
            assertThat(Collections.frequency(through.values(), "OK OK"))
                    .isGreaterThanOrEqualTo(Collections.frequency(direct.values(), "OK OK") - 3);
        }
    }

    private static Map<String, String> behaviour(Map<String, String> results) {
        Map<String, String> behaviour = new TreeMap<>();
        results.forEach((test, result) -> behaviour.put(test, result.substring(0, result.indexOf(' '))));
        return behaviour;
    }
}
