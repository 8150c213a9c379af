package io.tidegate.tests.http2;

import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.Http2Service.Handler;
import io.tidegate.testkit.Http2Service.Request;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.ServedFixture;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// A service that speaks HTTP/2 without TLS, as each test says, and a gateway in front of it.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#single")
abstract class Http2ServicesFixture extends ServedFixture {

    static final String GET = "GET /p?q=1 HTTP/1.1\r\nHost: a\r\n\r\n";

    @Parameter
    TestGateway.Setup setup = TestGateway.Setup.PLAIN;

    final List<Request> requests = new CopyOnWriteArrayList<>();

    final TestGateway serve(TestUpstream.Script script, String... keys) {
        GatewayYaml yaml = GatewayYaml.to(serve(TestUpstream.start(script))).upstream("protocol: h2c");
        for (String key : keys) {
            yaml.upstream(key);
        }
        return run(TestGateway.start(setup, yaml.text()));
    }

    final TestGateway serve(Handler handler, int... settings) {
        return serve(Http2Service.serving((service, request) -> {
            requests.add(request);
            handler.handle(service, request);
        }, settings));
    }

    static String text(int length) {
        return "0123456789abcdef".repeat(length / 16 + 1).substring(0, length);
    }

    static String post(int length) {
        return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n" + text(length);
    }
}
