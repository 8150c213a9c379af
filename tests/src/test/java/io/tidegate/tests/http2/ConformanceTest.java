package io.tidegate.tests.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.H2Spec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// h2spec, a test suite of HTTP/2 by others, in its strict mode.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#all")
class ConformanceTest {

    @Parameter
    private TestGateway.Setup setup = TestGateway.Setup.PLAIN;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void everyCasePasses() throws IOException, InterruptedException {
        try (TestUpstream upstream = TestUpstream.hello();
                TestGateway gateway = TestGateway.start(setup, GatewayYaml.to(upstream).text())) {
            String report = H2Spec.run(folder, (InetSocketAddress) gateway.address());

            assertThat(report).contains("146 tests, 146 passed, 0 skipped, 0 failed");
        }
    }
}
