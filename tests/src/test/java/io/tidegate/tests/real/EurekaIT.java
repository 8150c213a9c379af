package io.tidegate.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.control.discovery.KnownSources;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.Project;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Endpoints in the Eureka server of Spring Cloud Netflix, which Maven gets the first time.
@Tag("real")
class EurekaIT {

    private static final String HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";

    private final int port = Processes.freePort();
    private final HttpClient client = HttpClient.newHttpClient();

    private Process start() throws IOException {
        Path pom = Project.root().resolve("tests/eureka/pom.xml");
        Processes.Outcome packaged = Processes.run("", "mvn", "-q", "-B", "-ntp", "-f", pom.toString(), "package");
        assertThat(packaged.status()).as(packaged.output()).isZero();
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-jar",
                Project.root().resolve("tests/eureka/target/eureka.jar").toString(), "--server.port=" + port)
                .redirectErrorStream(true).start();
        BufferedReader said = process.inputReader();
        String line = said.readLine();
        while (line != null && !line.contains("Started Main in")) {
            line = said.readLine();
        }
        assertThat(line).as("what Eureka says once it serves").isNotNull();
        Thread.ofVirtual().start(() -> said.lines().forEach(later -> {}));
        return process;
    }

    private int send(String method, String path, String json) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/eureka/apps/ORDERS" + path))
                .header("Content-Type", "application/json").method(method, BodyPublishers.ofString(json)).build(),
                HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private void register(String id, int at) throws IOException, InterruptedException {
        assertThat(send("POST", "", """
                {"instance": {"instanceId": "%s", "hostName": "127.0.0.1", "app": "ORDERS", "ipAddr": "127.0.0.1",
                 "vipAddress": "orders", "status": "UP", "port": {"$": %d, "@enabled": "true"},
                 "securePort": {"$": 443, "@enabled": "false"}, "metadata": {"zone": "eu-1a"},
                 "dataCenterInfo": {"@class": "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",
                                    "name": "MyOwn"}}}
                """.formatted(id, at))).isEqualTo(204);
    }

    private static boolean goesTo(TestGateway gateway, String body) {
        try (RawClient asking = gateway.client()) {
            RawResponse response = asking.get("/");
            assertThat(response.status()).isEqualTo(200);
            return response.body().equals(body);
        }
    }

    // A server of Spring takes its time on a machine that is busy.
    @Timeout(300)
    @Test
    void instancesThatAreUpAreUsed() throws IOException, InterruptedException {
        Process eureka = start();
        try (TestUpstream one = TestUpstream.start(TestUpstream.answering(HELLO + "one"));
                TestUpstream two = TestUpstream.start(TestUpstream.answering(HELLO + "two"))) {
            Await.until("Eureka to take what is registered", () -> {
                try {
                    register("one", one.port());
                    return true;
                } catch (IOException | AssertionError e) {
                    return false;
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            try (TestGateway gateway = TestGateway.start(TestGateway.Setup.PLAIN,
                    options -> options.withSources(new KnownSources()), """
                            listeners: { default: { address: "127.0.0.1:0" } }
                            upstreams:
                              all:
                                discovery:
                                  eureka: { app: orders, url: "http://127.0.0.1:%d/eureka", interval: 50ms }
                            telemetry: { accessLog: { to: none } }
                            routes: { all: { upstream: all } }
                            """.formatted(port))) {
                assertThat(goesTo(gateway, "one")).isTrue();
                register("two", two.port());
                Await.until("the other instance to be used", () -> goesTo(gateway, "two"));
                assertThat(send("PUT", "/one/status?value=OUT_OF_SERVICE", "")).isEqualTo(200);
                // The registry's cache may tell once more what was before.
                Await.until("only the other instance to be used",
                        () -> gateway.engine().upstreams().values().iterator().next().endpoints().size() == 1
                                && goesTo(gateway, "two"));
                // Neither an application without instances nor a registry that is gone takes what was found.
                assertThat(send("DELETE", "/two", "")).isEqualTo(200);
                eureka.destroyForcibly().waitFor();
                Await.until("it to be asked in vain",
                        () -> gateway.metric("tidegate_discovery_answers_total", "result=\"failed\"") > 0);
                assertThat(goesTo(gateway, "two")).isTrue();
            }
        } finally {
            eureka.destroyForcibly();
        }
    }
}
