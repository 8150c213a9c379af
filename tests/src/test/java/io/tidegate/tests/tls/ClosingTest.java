package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawClient.Ending;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// How connections end: whoever is sent all of a response is told so, and nobody else.
class ClosingTest {

    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    @TempDir
    private Path folder;

    private String yaml(Authority authority, TestUpstream upstream, String... more) {
        GatewayYaml yaml = GatewayYaml.to(upstream).listener("tls: { certificates: [{ "
                + authority.write("one", authority.server(false, "one.test")) + " }] }");
        for (String keys : more) {
            yaml.listener(keys);
        }
        return yaml.text();
    }

    private static TestUpstream breaking() {
        return TestUpstream.start(connection -> {
            connection.request();
            connection.send(CHUNKED + "5\r\nhello\r\n");
            connection.reset();
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.tidegate.tests.Setups#single")
    void aWholeResponseEndsWithAWord(TestGateway.Setup setup) {
        Authority authority = new Authority(folder, "Servers");
        try (TestUpstream upstream = TestUpstream.start(TestUpstream.answering(CHUNKED + "5\r\nhello\r\n0\r\n\r\n"));
                TestGateway gateway = TestGateway.start(setup, yaml(authority, upstream))) {
            for (String request : new String[]{"GET / HTTP/1.0\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "NONSENSE\r\n\r\n"}) {
                try (RawClient client = authority.connect(gateway.address(), "one.test")) {
                    RawResponse response = client.exchange(request);
                    assertThat(response.complete()).isTrue();
                    if (response.status() == 200) {
                        assertThat(response.body()).isEqualTo("hello");
                    }
                    assertThat(client.ending()).as(request).isEqualTo(Ending.CLOSED);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.tidegate.tests.Setups#single")
    void aBrokenResponseDoesNot(TestGateway.Setup setup) {
        Authority authority = new Authority(folder, "Servers");
        try (TestUpstream upstream = breaking();
                TestGateway gateway = TestGateway.start(setup, yaml(authority, upstream))) {
            for (String version : new String[]{"1.0", "1.1"}) {
                try (RawClient client = authority.connect(gateway.address(), "one.test")) {
                    client.send("GET / HTTP/" + version + "\r\nHost: a\r\n\r\n");
                    assertThat(endOfAll(client)).as("HTTP/" + version).isIn(Ending.TRUNCATED, Ending.RESET);
                }
            }
        }
    }

    /// Takes what comes, and says how it ends.
    private static Ending endOfAll(RawClient client) {
        Ending ending = client.ending();
        while (ending == Ending.BYTES) {
            ending = client.ending();
        }
        return ending;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.tidegate.tests.Setups#single")
    void anIdleConnectionEndsWithAWord(TestGateway.Setup setup) {
        Authority authority = new Authority(folder, "Servers");
        try (TestUpstream upstream = TestUpstream.hello();
                TestGateway gateway = TestGateway.start(setup,
                        yaml(authority, upstream, "timeouts: { idle: 100ms, firstByte: 10s }"));
                RawClient client = authority.connect(gateway.address(), "one.test")) {
            assertThat(client.get("/").status()).isEqualTo(200);
            assertThat(client.ending()).isEqualTo(Ending.CLOSED);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.tidegate.tests.Setups#single")
    void drainingLetsWhatRunsComeToItsEnd(TestGateway.Setup setup) throws InterruptedException {
        Authority authority = new Authority(folder, "Servers");
        TestUpstream.Gate gate = new TestUpstream.Gate();
        try (TestUpstream upstream = TestUpstream.start(connection -> {
            connection.request();
            gate.pass();
            connection.answer("late");
        });
                TestGateway gateway = TestGateway.start(setup, yaml(authority, upstream));
                RawClient client = authority.connect(gateway.address(), "one.test")) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            upstream.request(0);
            Thread draining = Thread.ofPlatform().start(() -> {
                try {
                    gateway.engine().drain(0, 30_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            Await.until("the gateway to drain", () -> gateway.status().draining());
            gate.open();
            assertThat(client.receive().body()).isEqualTo("late");
            assertThat(client.ending()).isEqualTo(Ending.CLOSED);
            draining.join();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.tidegate.tests.Setups#single")
    void aClientThatDoesNotReadHoldsTheServiceBack(TestGateway.Setup setup) throws IOException {
        Authority authority = new Authority(folder, "Servers");
        long length = 64L << 20;
        try (TestUpstream upstream = TestUpstream.start(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
            connection.sendZeros(length);
        });
                TestGateway gateway = TestGateway.start(setup, yaml(authority, upstream));
                RawClient client = authority.connect(gateway.address(), "one.test")) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            long sent = Await.untilSteady("what the service sends", 30, upstream::sentBytes);
            assertThat(sent).as("bytes that the service could send").isLessThan(length / 2);

            RawResponse response = client.receive();
            assertThat(response.complete()).isTrue();
            assertThat(response.body()).hasSize((int) length);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.tidegate.tests.Setups#single")
    void aServiceThatDoesNotReadHoldsTheClientBack(TestGateway.Setup setup) {
        Authority authority = new Authority(folder, "Servers");
        TestUpstream.Gate gate = new TestUpstream.Gate();
        int length = 32 << 20;
        try (TestUpstream upstream = TestUpstream.start(connection -> {
            io.tidegate.testkit.RawRequest head = connection.head();
            gate.pass();
            if (head != null) {
                connection.answer("" + connection.body(head).body().length());
            }
        });
                TestGateway gateway = TestGateway.start(setup, yaml(authority, upstream)
                        .replace("upstream: all }",
                                "upstream: all, policies: [{ requestLimits: { maxBody: 1GiB } }] }"));
                RawClient client = authority.connect(gateway.address(), "one.test")) {
            Thread sender = Thread.ofPlatform().daemon().start(() -> {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n");
                client.send(new byte[length]);
            });
            long sent = Await.untilSteady("what the client sends", 30, client::sent);
            assertThat(sent).as("bytes that the client could send").isLessThan(length * 3L / 4);
            gate.open();
            Await.until("the client to send the rest", () -> !sender.isAlive());
            assertThat(client.receive("POST").body()).isEqualTo("" + length);
        }
    }
}
