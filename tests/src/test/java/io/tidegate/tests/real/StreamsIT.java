package io.tidegate.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// HAProxy and nginx on the other end of the PROXY protocol, and Redis behind a listener that relays.
@Tag("real")
class StreamsIT {

    @TempDir
    private Path folder;

    private static int port(java.net.SocketAddress address) {
        return ((InetSocketAddress) address).getPort();
    }

    private static void end(Process process) {
        process.destroy();
        Await.until("the process to end", () -> !process.isAlive());
    }

    @ParameterizedTest
    @ValueSource(strings = {"send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c,unique-id,authority"})
    void whatHaproxySendsIsUnderstood(String keys) throws IOException {
        int port = Processes.freePort();
        try (TestUpstream service = TestUpstream.hello();
                TestGateway gateway = TestGateway.start(GatewayYaml.to(service)
                        .listener("proxyProtocol: true, trustedProxies: [127.0.0.0/8]")
                        .route("policies: [{ headers: { request: { set: { x-port: \"{client.address}\" } } } }]")
                        .text())) {
            Path config = Files.writeString(folder.resolve("haproxy.cfg"), """
                    defaults
                      mode tcp
                      timeout connect 5s
                      timeout client 30s
                      timeout server 30s
                    frontend in
                      bind 127.0.0.1:%d
                      unique-id-format %%ci-%%cp
                      tcp-request connection set-src ipv4(203.0.113.9)
                      default_backend out
                    backend out
                      server one 127.0.0.1:%d %s
                    """.replace("ipv4(203.0.113.9)", "str(203.0.113.9)").formatted(port, port(gateway.address()),
                    keys));
            Process haproxy = Processes.serve(folder.resolve("haproxy.txt"), port,
                    List.of("haproxy", "-db", "-f", config.toString()));
            try (RawClient client = RawClient.connect(new InetSocketAddress("127.0.0.1", port))) {
                assertThat(client.get("/").body()).isEqualTo("hello");
                assertThat(service.requests().getLast().field("x-port")).isEqualTo("203.0.113.9");
            } finally {
                end(haproxy);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void whatIsSentNginxUnderstands(String version) throws IOException {
        int port = Processes.freePort();
        int plain = Processes.freePort();
        Path config = Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                pid %1$s/nginx.pid;
                error_log stderr;
                events { }
                http {
                    access_log off;
                    client_body_temp_path %1$s;
                    proxy_temp_path %1$s;
                    server {
                        listen 127.0.0.1:%2$d proxy_protocol;
                        location / { return 200 "$proxy_protocol_addr $proxy_protocol_port\\n"; }
                    }
                    server { listen 127.0.0.1:%3$d; }
                }
                """.formatted(folder, port, plain));
        Process nginx = Processes.serve(folder.resolve("nginx.txt"), plain,
                List.of("nginx", "-p", folder.toString(), "-c", config.toString()));
        try (TestGateway gateway = TestGateway.start(GatewayYaml.to("http://127.0.0.1:" + port)
                .upstream("proxyProtocol: " + version).text());
                RawClient one = gateway.client();
                RawClient other = gateway.client()) {
            for (RawClient client : List.of(one, other, one)) {
                RawResponse response = client.get("/");
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body()).isEqualTo("127.0.0.1 " + port(client.localAddress()) + "\n");
            }
        } finally {
            end(nginx);
        }
    }

    @Test
    void redisAnswersThroughTheGateway() throws IOException {
        int port = Processes.freePort();
        Process redis = Processes.serve(folder.resolve("redis.txt"), port, List.of("redis-server", "--port",
                String.valueOf(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder.toString()));
        try (TestGateway gateway = TestGateway.start("""
                listeners:
                  cache: { address: "127.0.0.1:0", tcp: cache }
                upstreams:
                  cache: { endpoints: ["tcp://127.0.0.1:%d"] }
                telemetry: { accessLog: { to: none } }
                """.formatted(port)); RawClient client = gateway.client()) {
            String value = "0123456789".repeat(100_000);
            client.send("PING\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + value.length() + "\r\n" + value
                    + "\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\nQUIT\r\n");
            assertThat(new String(client.input().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .isEqualTo("+PONG\r\n+OK\r\n$" + value.length() + "\r\n" + value + "\r\n+OK\r\n");
        } finally {
            end(redis);
        }
    }
}
