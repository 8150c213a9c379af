package io.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.app.ProgramProcess.Surroundings;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestUpstream;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A Java that does not let anybody reach memory by `sun.misc.Unsafe`, as later versions won't.
class WithoutUnsafeTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"auto", "epoll", "nio"})
    void everythingIsServed(String transport) throws Exception {
        try (TestUpstream service = TestUpstream.echo()) {
            ProgramYaml.to(service.url()).gateway("transport: " + transport).writeTo(folder);
            try (ProgramProcess program = ProgramProcess.start(
                    Surroundings.options("--sun-misc-unsafe-memory-access=deny"), folder, "without-unsafe", "run");
                    RawClient client = RawClient.connect(program.address("web"))) {
                for (int size : new int[]{1, 5_000, 200_000}) {
                    String body = "x".repeat(size);
                    assertThat(
                            client.exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n" + body)
                                    .body())
                            .isEqualTo(body);
                }
                assertThat(client.exchange("GET //x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n").status())
                        .isBetween(400, 501);
            }
        }
    }
}
