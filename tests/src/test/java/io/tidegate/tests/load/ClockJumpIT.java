package io.tidegate.tests.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The gateway as a process whose clock is set while it serves, by an hour, back and forth: what lasts a while is
/// measured by a clock that nobody sets, and only what has a date follows the one that is.
@Tag("real")
class ClockJumpIT {

    private static final int CLIENTS = 4;
    private static final int ANSWERS = 500;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration NONE = Duration.ZERO;

    @TempDir
    private Path folder;

    private final TestUpstream.Gate gate = new TestUpstream.Gate();
    private final TestUpstream good = TestUpstream.hello();
    private final TestUpstream silent = TestUpstream.start(TestUpstream.silent());
    private final TestUpstream broken = TestUpstream.start(TestUpstream.answering(
            "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"));
    private final TestUpstream held = TestUpstream.start(connection -> {
        if (connection.request() != null) {
            gate.pass();
            connection.answer("held");
        }
    });
    private final ECKey key = key();
    private GatewayProcess gateway;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(folder.resolve("keys.json"), new JWKSet(key).toString(true));
        set(NONE);
        gateway = GatewayProcess.start(folder,
                """
                        listeners: { default: { address: "127.0.0.1:%%d", limits: { requestsPerConnection: 1000000 } } }
                        upstreams:
                          good: { endpoints: ["%1$s"] }
                          silent: { endpoints: ["%2$s"], timeouts: { response: 1s }, retry: { attempts: 1 }, outlierDetection: false }
                          held: { endpoints: ["%3$s"], timeouts: { response: 50m } }
                          pair:
                            endpoints: ["%1$s", "%4$s"]
                            loadBalancing: roundRobin
                            outlierDetection: { consecutiveErrors: 2, ejectFor: 50m, maxEjectFor: 50m }
                        routes:
                          good: { match: [{ path: "/k" }], upstream: good }
                          silent: { match: [{ path: "/silent" }], upstream: silent }
                          held: { match: [{ path: "/held" }], upstream: held, timeouts: { request: 50m } }
                          pair: { match: [{ path: "/pair" }], upstream: pair }
                          token:
                            match: [{ path: "/token" }]
                            upstream: good
                            policies:
                              - jwt: { issuer: "https://id.example.com", audience: orders, keysFile: keys.json }
                        """
                        .formatted(good.url(), silent.url(), held.url(), broken.url()),
                Map.of("LD_PRELOAD", library(), "FAKETIME_TIMESTAMP_FILE", clock().toString(), "FAKETIME_NO_CACHE", "1",
                        "FAKETIME_DONT_FAKE_MONOTONIC", "1"));
    }

    @AfterEach
    void stop() {
        gate.open();
        gateway.close();
        Stream.of(good, silent, broken, held).forEach(TestUpstream::close);
    }

    /// What stands between the process and its clock.
    private static String library() throws IOException {
        try (Stream<Path> found = Files.find(Path.of("/usr/lib"), 3,
                (path, attributes) -> path.endsWith("faketime/libfaketime.so.1"))) {
            return found.findFirst()
                    .orElseThrow(() -> new IllegalStateException("there is no libfaketime: run tests/install"))
                    .toString();
        }
    }

    private static ECKey key() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID("one").algorithm(JWSAlgorithm.ES256).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path clock() {
        return folder.resolve("clock");
    }

    /// Sets the gateway's clock so far from the machine's.
    private void set(Duration ahead) {
        try {
            Path next = Files.writeString(folder.resolve("clock.next"), "%+d".formatted(ahead.toSeconds()));
            Files.move(next, clock(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sets the gateway's clock, and sees by what it says that it has taken it.
    private void jump(Duration ahead) {
        set(ahead);
        try (RawClient client = client()) {
            // A thread of the process that was just reading the clock may be told the old time once more.
            Await.until("the clock to be set", () -> {
                Instant told = ZonedDateTime
                        .parse(client.get("/nowhere").field("date"), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
                return Duration.between(Instant.now().plus(ahead), told).abs().compareTo(Duration.ofSeconds(2)) < 0;
            });
        }
    }

    private RawClient client() {
        return RawClient.connect(gateway.address());
    }

    private String token(Duration validFor) {
        try {
            SignedJWT token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
                    new JWTClaimsSet.Builder().issuer("https://id.example.com").audience("orders").subject("ann")
                            .expirationTime(Date.from(Instant.now().plus(validFor))).build());
            token.sign(new ECDSASigner(key));
            return "GET /token HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token.serialize() + "\r\n\r\n";
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void clientsNoticeNothing() {
        try (Clients clients = new Clients(gateway.address(), false)) {
            clients.start(CLIENTS, Clients.Kind.KEEP_ALIVE).awaitAnswers(ANSWERS);
            for (Duration ahead : new Duration[]{HOUR, HOUR.negated(), HOUR.multipliedBy(24), NONE}) {
                jump(ahead);
                clients.awaitAnswers(ANSWERS);
            }
            // A clock that drifts, and is put right a second at a time.
            for (int seconds = 1; seconds <= 10; seconds++) {
                jump(Duration.ofSeconds(seconds % 2 == 0 ? seconds : -seconds));
                clients.awaitAnswers(ANSWERS / 10);
            }
            clients.close();

            assertThat(clients.failures()).isEmpty();
            assertThat(clients.reconnected()).isZero();
        }
    }

    @Test
    void aTimeOutComesAlthoughTheClockWasSetBack() {
        try (RawClient client = client()) {
            client.send("GET /silent HTTP/1.1\r\nHost: a\r\n\r\n");
            silent.head(0);
            jump(HOUR.negated());

            assertThat(client.receive().status()).isEqualTo(504);
        }
    }

    @Test
    void aTimeOutDoesNotComeSinceTheClockWasSetForward() {
        try (RawClient client = client()) {
            client.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
            held.head(0);
            jump(HOUR);
            // Several turns of the wheel of time-outs later, as another one shows.
            try (RawClient other = client()) {
                assertThat(other.get("/silent").status()).isEqualTo(504);
            }
            gate.open();

            assertThat(client.receive().body()).isEqualTo("held");
        }
    }

    @Test
    void whatIsEjectedStaysEjected() {
        try (RawClient client = client()) {
            for (int i = 0; i < 20; i++) {
                client.get("/pair");
            }
            int asked = broken.requestCount();
            assertThat(asked).isEqualTo(2);
            for (Duration ahead : new Duration[]{HOUR, HOUR.negated()}) {
                jump(ahead);
                for (int i = 0; i < 20; i++) {
                    assertThat(client.get("/pair").status()).isEqualTo(200);
                }
            }

            assertThat(broken.requestCount()).isEqualTo(asked);
        }
    }

    @Test
    void tokensAreValidByTheClockThatIsSet() {
        String request = token(HOUR.dividedBy(2));
        String expired = token(HOUR.dividedBy(2).negated());
        try (RawClient client = client()) {
            assertThat(client.exchange(request).status()).isEqualTo(200);
            assertThat(client.exchange(expired).status()).isEqualTo(401);

            jump(HOUR);
            RawResponse late = client.exchange(request);
            assertThat(late.status()).as("a remembered token that has expired").isEqualTo(401);

            jump(HOUR.negated());
            assertThat(client.exchange(expired).status()).as("one that was refused and is valid again").isEqualTo(200);

            jump(NONE);
            assertThat(client.exchange(request).status()).isEqualTo(200);
        }
    }
}
