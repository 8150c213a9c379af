package io.tidegate.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.app.gateway.RunningGateway;
import io.tidegate.testkit.Await;
import io.tidegate.tests.state.TestRedis;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Gateways, each with a folder of its own, that share certificates from Let's Encrypt's test server by a Redis.
@Tag("real")
class AcmeRedisIT extends AcmeFixture {

    private static final String SECRETS = ", redis: { secrets: [0123456789abcdef0123456789abcdef] }";

    private TestRedis redis;

    @BeforeEach
    void startRedis() {
        redis = TestRedis.running();
    }

    @AfterEach
    void stopRedis() {
        redis.close();
    }

    @Override
    String more() {
        return "sharedState: { redis: { nodes: [\"" + redis.url() + "\"] } }";
    }

    private String shared(Pebble server, String store, String more, String... names) {
        return acme(server, folder.resolve(store), more + SECRETS, names);
    }

    private static String key(Pebble server, String key) {
        String directory = server.yaml().replaceFirst("directory: \"https://([^\"]*)\".*", "$1");
        return "tidegate:acme:{" + URLEncoder.encode(directory, StandardCharsets.UTF_8) + "}:" + key;
    }

    private Path copy(Pebble server, String store) {
        return file(folder.resolve(store), server, "one.test");
    }

    private static void awaitUp(RunningGateway gateway, int up) {
        Await.until(() -> "the store to be " + up + ": " + ready(gateway),
                () -> metric(gateway, "tidegate_acme_store_up") == up);
    }

    /// The authority comes to the first gateway, and the second one is the only one that asks: so the first answers
    /// what it learned from Redis alone.
    private void oneAsksAndTheOtherAnswers(String challenge) throws Exception {
        try (RunningGateway one = start("a", "")) {
            Pebble server = pebbleFor(one);
            SSLContext trust = server.trust();
            // It has another name due in an hour, so that it looks into Redis and asks for nothing.
            Path own = copy(server, "store-a");
            Files.createDirectories(own.getParent());
            var lasting = this.own.server(false, Instant.now().plusSeconds(60 * 86_400), "other.test");
            Files.writeString(own.resolveSibling("other.test.pem"),
                    lasting.getCertificatePathPEM() + lasting.getPrivateKeyPEM());
            write("a", shared(server, "store-a", ", renewBefore: 1h, challenge: " + challenge, "other.test"));
            Await.until("the first to look", () -> metric(one,
                    "tidegate_acme_last_success_seconds{name=\"other.test\"}") > 0);
            try (RunningGateway two = start("b", shared(server, "store-b", ", challenge: " + challenge, "one.test"))) {
                awaitServed(two, "one.test", trust);
                assertThat(server.orders()).as(server.log()).isEqualTo(1);

                // What the second one got is served by the first as soon as it wants the name.
                write("a", shared(server, "store-a", ", challenge: " + challenge, "one.test"));
                awaitServed(one, "one.test", trust);
                assertThat(server.orders()).as(server.log()).isEqualTo(1);
                assertThat(Files.readString(copy(server, "store-a")))
                        .isEqualTo(Files.readString(copy(server, "store-b")));
            }
            assertThat(server.accounts()).as(server.log()).isEqualTo(1);
        }
    }

    @Test
    void oneAsksAndAnotherAnswersByTlsAlpn01() throws Exception {
        oneAsksAndTheOtherAnswers("tls-alpn-01");
    }

    @Test
    void oneAsksAndAnotherAnswersByHttp01() throws Exception {
        oneAsksAndTheOtherAnswers("http-01");
    }

    @Test
    void twoGatewaysWithOneRedisMakeOneOrderAndBothServe() throws Exception {
        try (RunningGateway one = start("a", "")) {
            Pebble server = pebbleFor(one);
            SSLContext trust = server.trust();
            try (RunningGateway two = start("b", shared(server, "store-b", "", "one.test"))) {
                write("a", shared(server, "store-a", "", "one.test"));
                awaitServed(one, "one.test", trust);
                awaitServed(two, "one.test", trust);
                assertThat(ready(one)).contains("\"degraded\":[]");
                assertThat(metric(two, "tidegate_acme_store_up")).isEqualTo(1);
            }
            assertThat(server.orders()).as(server.log()).isEqualTo(1);
            assertThat(redis.ask("GET " + key(server, "lock"))).isEqualTo("$-1");
        }
    }

    @Test
    void whatAGatewayThatIsGoneHeldIsTakenOverOnceItsLeaseIsOver() throws Exception {
        try (RunningGateway one = start("a", "")) {
            Pebble server = pebbleFor(one);
            // One that ended in the middle: it has the lock, shows a challenge, and is not heard of.
            String lock = key(server, "lock");
            assertThat(redis.ask("SET " + lock + " gone-1 PX 120000")).isEqualTo("+OK");
            write("a", shared(server, "store-a", "", "one.test"));
            awaitUp(one, 1);
            Await.until("it to want a certificate", () -> ready(one).contains("it has been asked for"));
            assertThat(server.orders()).isZero();
            assertThat(redis.ask("GET " + lock)).isNotEqualTo("$-1");

            // The end of its lease, which is not waited for here.
            assertThat(redis.ask("PEXPIRE " + lock + " 1")).isEqualTo(":1");
            awaitServed(one, "one.test", server.trust());
            assertThat(server.orders()).as(server.log()).isEqualTo(1);
        }
    }

    @Test
    void whileRedisIsDownCopiesAreServedAlsoAfterAStartAndItGetsThemBack() throws Exception {
        try (RunningGateway one = start("a", "")) {
            Pebble server = pebbleFor(one);
            SSLContext trust = server.trust();
            String acme = shared(server, "store-a", "", "one.test");
            write("a", acme);
            awaitServed(one, "one.test", trust);

            redis.kill();
            awaitUp(one, 0);
            assertThat(ready(one)).contains("\"status\":\"ready\"", "the store of certificates (Redis) can't be used");
            assertThat(serves(one, "one.test", trust)).isTrue();
            try (RunningGateway again = start("b", acme)) {
                assertThat(serves(again, "one.test", trust)).isTrue();
                awaitUp(again, 0);
                assertThat(serves(again, "one.test", trust)).isTrue();
            }

            // It comes back with nothing, and gets it from who has it.
            redis.start();
            awaitUp(one, 1);
            Await.until("the certificate to be there",
                    () -> redis.ask("EXISTS " + key(server, "cert:one.test")).equals(":1"));
            try (RunningGateway third = start("c", shared(server, "store-c", "", "one.test"))) {
                awaitServed(third, "one.test", trust);
            }
            assertThat(server.orders()).as(server.log()).isEqualTo(1);
            assertThat(List.of(redis.ask("EXISTS " + key(server, "version")))).containsExactly(":1");
        }
    }

    @Test
    void aGatewayThatStartsWithoutRedisAndWithNothingAsksOnceRedisIsThere() throws Exception {
        try (RunningGateway one = start("a", "")) {
            Pebble server = pebbleFor(one);
            redis.kill();
            write("a", shared(server, "store-a", "", "one.test"));
            awaitUp(one, 0);
            assertThat(server.orders()).isZero();
            redis.start();
            awaitServed(one, "one.test", server.trust());
            assertThat(server.orders()).as(server.log()).isEqualTo(1);
        }
    }
}
