package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.ServedFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Services that may go without a word: the operating system is told to look whether they are there.
@EnabledOnOs(OS.LINUX)
class LossTest extends ServedFixture {

    private static final String ESTABLISHED = "01";
    private static final String KEEP_ALIVE = "02";
    /// Of the clock in which the kernel tells when a timer is due.
    private static final int TICKS_PER_SECOND = 100;

    /// A connection as `/proc/net/tcp` has it.
    ///
    /// @param timer
    ///            which one runs, in hexadecimal
    /// @param dueIn
    ///            when it is due
    private record Connection(String state, int remotePort, String timer, long dueIn) {

        static Connection of(String line) {
            String[] parts = line.strip().split("\\s+", -1);
            String[] timer = parts[5].split(":", -1);
            return new Connection(parts[3], Integer.parseInt(parts[2].split(":", -1)[1], 16), timer[0],
                    Long.parseLong(timer[1], 16));
        }
    }

    private static List<Connection> connections(int port) {
        return Stream.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6")).filter(Files::exists)
                .flatMap(LossTest::lines).map(Connection::of)
                .filter(each -> each.remotePort() == port && each.state().equals(ESTABLISHED)).toList();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream().skip(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("io.tidegate.tests.Setups#single")
    void aConnectionToAServiceIsProbedOnceItIsQuietForFifteenSeconds(TestGateway.Setup setup) {
        TestUpstream upstream = serve(TestUpstream.hello());
        run(TestGateway.start(setup, GatewayYaml.to(upstream).text()));
        try (RawClient client = gateway().client()) {
            assertThat(client.get("/").status()).isEqualTo(200);
            assertThat(connections(upstream.port())).singleElement().satisfies(kept -> {
                assertThat(kept.timer()).isEqualTo(KEEP_ALIVE);
                assertThat(kept.dueIn()).isBetween(1L, 15L * TICKS_PER_SECOND);
            });
        }
    }
}
