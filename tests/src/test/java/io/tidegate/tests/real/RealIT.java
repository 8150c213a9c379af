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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Prometheus reads our metrics, nginx and HAProxy understand what we forward as it was meant, wrk sees no error.
@Tag("real")
class RealIT {

    private static final List<String> REQUESTS = List.of("GET /a/../b/%7e HTTP/1.1\r\nHost: A.example\r\n\r\n",
            "GET http://a/p?x=1;y=%2e HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 31\r\n\r\nGET /smug HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n00A;x=y\r\n0123456789\r\n0\r\nX: y\r\n\r\n",
            "GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, X-A\r\nUpgrade: h2c\r\nX-A: 1\r\n\r\n",
            "GET /under HTTP/1.1\r\nHost: a\r\nX_User: admin\r\nX:  padded \r\n\r\n");

    @Test
    void prometheusAcceptsTheMetrics() {
        try (TestUpstream upstream = TestUpstream.hello(); TestGateway gateway = TestGateway.proxyTo(upstream)) {
            try (RawClient client = gateway.client()) {
                client.get("/");
                client.exchange("GET /bad HTTP/1.1\r\n\r\n");
            }
            Processes.Outcome outcome = Processes.run(gateway.engine().metrics(), "promtool", "check", "metrics");

            assertThat(outcome.output()).isEmpty();
            assertThat(outcome.status()).isZero();
        }
    }

    @Test
    void nginxUnderstandsEveryRequestAsTheServiceBehindItDoes(@TempDir Path folder) throws IOException {
        int port = Processes.freePort();
        try (TestUpstream upstream = TestUpstream.echo()) {
            Path config = Files.writeString(folder.resolve("nginx.conf"), """
                    daemon off;
                    pid %s/nginx.pid;
                    error_log stderr;
                    events { }
                    http {
                        access_log off;
                        client_body_temp_path %s;
                        proxy_temp_path %s;
                        server {
                            listen 127.0.0.1:%d;
                            location / { proxy_pass http://127.0.0.1:%d; proxy_http_version 1.1; }
                        }
                    }
                    """.formatted(folder, folder, folder, port, upstream.port()));
            compare(upstream, port, folder, List.of("nginx", "-p", folder.toString(), "-c", config.toString()));
        }
    }

    @Test
    void haproxyUnderstandsEveryRequestAsTheServiceBehindItDoes(@TempDir Path folder) throws IOException {
        int port = Processes.freePort();
        try (TestUpstream upstream = TestUpstream.echo()) {
            Path config = Files.writeString(folder.resolve("haproxy.cfg"), """
                    defaults
                      mode http
                      timeout connect 5s
                      timeout client 30s
                      timeout server 30s
                    frontend in
                      bind 127.0.0.1:%d
                      default_backend out
                    backend out
                      server one 127.0.0.1:%d
                    """.formatted(port, upstream.port()));
            compare(upstream, port, folder, List.of("haproxy", "-db", "-f", config.toString()));
        }
    }

    /// Sends every request to the service directly and through another proxy: both must see one and the same.
    private static void compare(TestUpstream upstream, int port, Path folder, List<String> command) {
        Process other = Processes.serve(folder.resolve("output.txt"), port, command);
        try (TestGateway gateway = TestGateway.proxyTo(upstream)) {
            for (String request : REQUESTS) {
                int before = upstream.requests().size();
                gateway.apply(TestGateway.proxying(upstream));
                RawResponse direct;
                try (RawClient client = gateway.client()) {
                    direct = client.exchange(request);
                }
                gateway.apply(GatewayYaml.to("http://127.0.0.1:" + port).text());
                try (RawClient client = gateway.client()) {
                    RawResponse through = client.exchange(request);

                    assertThat(through.status()).as(request).isEqualTo(direct.status());
                    assertThat(through.body()).as(request).isEqualTo(direct.body());
                }
                assertThat(upstream.requests()).as(request).hasSize(before + 2);
                assertThat(upstream.request(before + 1).method()).isEqualTo(upstream.request(before).method());
                assertThat(upstream.request(before + 1).target()).isEqualTo(upstream.request(before).target());
                assertThat(upstream.request(before + 1).body()).isEqualTo(upstream.request(before).body());
            }
        } finally {
            other.destroy();
            Await.until("the other proxy to end", () -> !other.isAlive());
        }
    }

    @Test
    void wrkSeesNoErrorWhileTheConfigurationIsReloaded() {
        try (TestUpstream one = TestUpstream.hello();
                TestUpstream two = TestUpstream.hello();
                TestGateway gateway = TestGateway.proxyTo(one)) {
            one.forget();
            two.forget();
            int port = ((InetSocketAddress) gateway.address()).getPort();
            CompletableFuture<Processes.Outcome> load = CompletableFuture.supplyAsync(() -> Processes.run("", "wrk",
                    "-t1", "-c16", "-d5s", "http://127.0.0.1:" + port + "/"));
            Await.until("the load to begin", () -> one.requestCount() > 100 || load.isDone());
            for (int i = 0; !load.isDone(); i++) {
                int before = one.requestCount() + two.requestCount();
                gateway.apply(TestGateway.proxying(i % 2 == 0 ? two : one));
                Await.until("requests after the reload",
                        () -> one.requestCount() + two.requestCount() > before + 20 || load.isDone());
            }
            Processes.Outcome outcome = load.join();

            assertThat(outcome.status()).as(outcome.output()).isZero();
            assertThat(outcome.output()).contains("requests in").doesNotContain("Socket errors", "Non-2xx");
            assertThat(gateway.status().revision()).isGreaterThan(2);
        }
    }
}
