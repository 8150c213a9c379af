package io.tidegate.tests.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.tls.Authority;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Forms in which a Redis is reached: by TLS, as a cluster, by its sentinels.
class RedisFormsTest extends StateFixture {

    private static final String PATIENT = ", timeout: 5s, budget: 5s";

    private TestGateway gateway(String redis) {
        return gateway(counting(), "idempotency: {}", "sharedState: { redis: { " + redis + PATIENT + " } }");
    }

    private void awaitKeys(TestGateway gateway, TestRedis redis, int above) {
        Await.until("keys in Redis",
                () -> post(gateway, "w" + served.get(), "").status() == 201 && redis.keys() > above);
        String first = post(gateway, "again", "").body();
        assertThat(post(gateway, "again", "").body()).isEqualTo(first);
    }

    /// Ends TLS before a Redis.
    private TestUpstream front(TestRedis redis, SSLContext context) {
        return closed(TestUpstream.secure(() -> {
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(false);
            return engine;
        }, connection -> {
            try (Socket behind = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
                Thread back = Thread.ofVirtual().start(() -> {
                    byte[] some = new byte[4096];
                    try {
                        InputStream in = behind.getInputStream();
                        for (int n = in.read(some); n > 0; n = in.read(some)) {
                            connection.send(java.util.Arrays.copyOf(some, n));
                        }
                    } catch (IOException e) {
                        // One of the two has closed.
                    }
                });
                connection.input().transferTo(behind.getOutputStream());
                back.interrupt();
            }
        }));
    }

    @Test
    void byTlsWhereTheCertificateIsForItsHost(@TempDir Path folder) {
        TestRedis redis = closed(TestRedis.running());
        Authority authority = new Authority(folder, "State");
        String trusted = ", ca: " + authority.ca("ca.pem");
        int good = front(redis, authority.trust(authority.server(false, "localhost"))).port();
        int other = front(redis, authority.trust(authority.server(false, "other.test"))).port();

        TestGateway refusing = gateway("nodes: [\"rediss://localhost:" + other + "\"]" + trusted);
        awaitKeys(gateway("nodes: [\"rediss://localhost:" + good + "\"]" + trusted), redis, 0);

        assertThat(refusing.status().degraded())
                .containsExactly("Redis does not answer in time: state is kept in this process alone");
        assertThat(post(refusing, "k", "").status()).isEqualTo(201);
    }

    @Test
    void asAClusterNodeByNode() {
        TestRedis redis = closed(TestRedis.running("--cluster-enabled", "yes"));
        redis.ask("CLUSTER ADDSLOTSRANGE 0 16383");
        Await.until("the cluster to stand", () -> redis.ask("SET a b").equals("+OK"));

        awaitKeys(gateway("nodes: [\"" + redis.url() + "\"], mode: cluster"), redis, 1);
    }

    @Test
    void byItsSentinels() {
        TestRedis redis = closed(TestRedis.running());
        TestRedis sentinel = closed(TestRedis.sentinelOf("main", redis));

        awaitKeys(gateway("nodes: [\"" + sentinel.url() + "\"], mode: sentinel, master: main"), redis, 0);
    }
}
