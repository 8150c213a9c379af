package io.tidegate.tests.websocket;

import io.tidegate.config.ProcessConfig.Transport;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.ServedFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// A service that speaks WebSocket as each test says, a gateway in front of it, and clients; by either protocol on
/// either side.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.websocket.WebSocketFixture#ways")
abstract class WebSocketFixture extends ServedFixture {

    /// How clients and the gateway speak, and the gateway and the service.
    ///
    /// @param workers
    ///            event loops of the gateway
    record Way(boolean http2Client, boolean http2Service, int workers) {

        @Override
        public String toString() {
            return (http2Client ? "h2" : "h1") + " to " + (http2Service ? "h2" : "h1") + " x " + workers;
        }
    }

    static Stream<Way> ways() {
        List<Way> ways = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ways.add(new Way((i & 1) != 0, (i & 2) != 0, 1));
            ways.add(new Way((i & 1) != 0, (i & 2) != 0, 3));
        }
        return ways.stream();
    }

    @Parameter
    Way way = new Way(false, false, 1);

    /// Starts both.
    ///
    /// @param route
    ///            keys of the route
    final TestGateway serve(ServicePeer.Talk talk, String... route) {
        return start(ServicePeer.script(way.http2Service(), talk), route);
    }

    /// Starts both.
    final TestGateway start(TestUpstream.Script script, String... route) {
        GatewayYaml yaml = GatewayYaml.to(serve(TestUpstream.start(script))).listener("protocols: [http/1.1, h2c]");
        if (way.http2Service()) {
            yaml.upstream("protocol: h2c");
        }
        for (String keys : route) {
            yaml.route(keys);
        }
        return run(TestGateway.start(new TestGateway.Setup(Transport.AUTO, way.workers()), yaml.text()));
    }

    /// A client that has shaken hands.
    final ClientPeer open(String... fields) {
        return ClientPeer.open(gateway().address(), way.http2Client(), fields);
    }

    static String text(int length) {
        return "0123456789abcdef".repeat(length / 16 + 1).substring(0, length);
    }
}
