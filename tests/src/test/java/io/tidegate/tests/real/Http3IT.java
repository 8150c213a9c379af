package io.tidegate.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestGateway.Setup;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.tls.Authority;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client of ngtcp2 fetches by HTTP/3: another QUIC, another QPACK and another TLS than those here.
@Tag("real")
class Http3IT {

    /// How the client says that its first stream ended without an error (H3_NO_ERROR).
    private static final String COMPLETE = "HTTP stream 0 closed with error code 256";

    @TempDir
    private Path folder = Path.of("");

    private TestUpstream upstream;
    private TestGateway gateway;

    @BeforeEach
    void start() {
        Authority authority = new Authority(folder, "Servers");
        upstream = TestUpstream.echo();
        gateway = TestGateway.start(new Setup(Setup.PLAIN.transport(), 2), GatewayYaml.to(upstream)
                .listener("tls: { certificates: [{ "
                        + authority.write("api", authority.server(false, "api.test", "localhost")) + " }] }")
                .listener("protocols: [http/1.1, h3]").text());
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    private String fetch(int requests, String... options) {
        int port = ((InetSocketAddress) gateway.address()).getPort();
        List<String> command = new ArrayList<>(List.of("gtlsclient", "--no-quic-dump", "--no-http-dump",
                "--exit-on-all-streams-close", "-n", "" + requests));
        command.addAll(List.of(options));
        command.addAll(List.of("127.0.0.1", "" + port, "https://localhost:" + port + "/file?a=b"));
        Processes.Outcome outcome = Processes.run("", command.toArray(String[]::new));
        assertThat(outcome.status()).as(outcome.output()).isZero();
        return outcome.output();
    }

    @Test
    void aResponseIsFetched() {
        upstream.script(TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello"));

        String output = fetch(1);

        assertThat(output).contains("[:status: 200]", "[x-a: b]");
        assertThat(output).contains(COMPLETE);
        RawRequest request = upstream.request(0);
        assertThat(request.line()).isEqualTo("GET /file?a=b HTTP/1.1");
        assertThat(request.field("user-agent")).contains("nghttp3");
        assertThat(request.field("via")).isEqualTo("3 tidegate");
    }

    @Test
    void manyRequestsGoOverOneConnection() {
        fetch(100);

        assertThat(upstream.requestCount()).isEqualTo(100);
    }

    private boolean isLargeBodyFetched(String... options) {
        String body = "0123456789abcdef".repeat(1 << 16);
        upstream.script(TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n" + body));

        // The client compares what has come with the length that was declared.
        String output = fetch(1, options);
        return output.contains("[content-length: 1048576]") && output.contains(COMPLETE);
    }

    @Test
    void largeBodiesComeWhilePacketsAreLost() {
        int fetched = 0;
        for (int i = 0; i < 4; i++) {
            fetched += isLargeBodyFetched("-t", "0.02", "-r", "0.02", "--timeout=10s") ? 1 : 0;
        }

        // About one connection in a thousand was seen to stand still until its client gave it up.
        assertThat(fetched).isGreaterThanOrEqualTo(3);
    }

    @Test
    void aClientThatMovesOrChangesItsKeysGoesOn() {
        assertThat(isLargeBodyFetched("--change-local-addr=1ms")).isTrue();
        assertThat(isLargeBodyFetched("--key-update=1ms")).isTrue();
    }

    @Test
    void k1SessionsAreResumedWithoutEarlyData() {
        String[] files = {"--session-file=" + folder.resolve("session"), "--tp-file=" + folder.resolve("parameters")};
        fetch(1, files);
        assertThat(folder.resolve("session")).exists();

        String output = fetch(1, files);

        assertThat(output).contains("Early data was rejected by server");
        assertThat(upstream.requestCount()).isEqualTo(2);
    }

    @Test
    void anUnknownVersionIsNegotiated() {
        String output = fetch(1, "-v", "0x1a2a3a4a", "--preferred-versions=v1");

        assertThat(output).contains("type=VN");
        assertThat(upstream.requestCount()).isEqualTo(1);
    }
}
