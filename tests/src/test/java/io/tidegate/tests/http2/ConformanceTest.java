package io.tidegate.tests.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// h2spec, a test suite of HTTP/2 by others, in its strict mode.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#all")
class ConformanceTest {

    private static final String PROGRAM = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";

    @Parameter
    private TestGateway.Setup setup = TestGateway.Setup.PLAIN;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void everyCasePasses() throws IOException, InterruptedException {
        Path archive = folder.resolve("h2spec.tar.gz");
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream(PROGRAM))) {
            Files.copy(in, archive);
        }
        run(List.of("tar", "xzf", archive.toString(), "-C", folder.toString()));
        try (TestUpstream upstream = TestUpstream.hello();
                TestGateway gateway = TestGateway.start(setup, GatewayYaml.to(upstream).text())) {
            InetSocketAddress address = (InetSocketAddress) gateway.address();

            String report = run(List.of(folder.resolve("h2spec").toString(), "-h",
                    address.getAddress().getHostAddress(), "-p", Integer.toString(address.getPort()), "--strict"));

            assertThat(report).contains("146 tests, 146 passed, 0 skipped, 0 failed");
        }
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            process.waitFor();
            return Files.readString(output, StandardCharsets.UTF_8);
        } finally {
            process.destroy();
        }
    }
}
