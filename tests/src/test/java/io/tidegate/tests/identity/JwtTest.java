package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.ECKey;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.identity.KeyServer.Mood;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Callers with tokens of an issuer that tells of its keys by HTTP.
class JwtTest extends AccessFixture {

    private static final ECKey FIRST = KeyServer.key("first");
    private static final ECKey SECOND = KeyServer.key("second");
    private static final String OFTEN = ", refresh: { every: 1s, unknownKeyEvery: 1s }";
    private static final String AGE = "name=\"keys_age_seconds\"";

    private final KeyServer issuer = KeyServer.start(FIRST);

    @AfterEach
    void end() {
        issuer.close();
    }

    private GatewayYaml trusting(String more) {
        return yaml("jwt: { issuer: \"" + issuer.issuer() + "\", audience: orders, consumer: sub" + more + " }")
                .with("consumers: { shop: { groups: [partners], identities: [{ jwt: { issuer: \"" + issuer.issuer()
                        + "\", sub: ann } }] } }");
    }

    private static String bearing(String token) {
        return "X-User: forged\r\nAuthorization: Bearer " + token + "\r\n";
    }

    private RawResponse show(String token) {
        return send(bearing(token));
    }

    private void awaitStatus(String what, int status, String token) {
        Await.until(what, () -> show(token).status() == status);
    }

    @Test
    void aGoodTokenLetsPassAndTheServiceHearsWhoCalls() {
        start(trusting(", claimsToHeaders: { sub: X-User }"));
        String token = issuer.token(FIRST, "ann");
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.exchange(request("/", bearing(token))).status()).isEqualTo(200);
            }
        }

        RawRequest sent = service.request(0);
        assertThat(sent.field("x-user")).isEqualTo("ann");
        assertThat(sent.field("authorization")).isEqualTo("Bearer " + token);
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"verified\"")).isEqualTo(1);
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"remembered\"")).isEqualTo(2);
        assertThat(gateway.metric("tidegate_policy_value", AGE)).isBetween(0.0, 60.0);
        try (Http2Client client = Http2Client.connect(gateway.address()).host("a")) {
            int stream = client.request("GET", "/", true, "authorization", "Bearer " + token);
            assertThat(client.response(stream).status()).isEqualTo(200);
        }
        assertThat(issuer.keyRequests()).isEqualTo(1);
    }

    @Test
    void withoutAGoodTokenNothingReachesTheService() {
        start(trusting(""));
        String token = issuer.token(FIRST, "ann");
        try (RawClient client = gateway.client()) {
            RawResponse missing = client.exchange("GET /?access_token=" + token + " HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(missing.fault()).isEqualTo("auth.missing");
            assertThat(missing.field("www-authenticate")).isEqualTo("Bearer");
            RawResponse wrong = client.exchange(request("/", bearing(issuer.token(KeyServer.key("first"), "ann"))));
            assertThat(wrong.status()).isEqualTo(401);
            assertThat(wrong.fault()).isEqualTo("jwt.signature");
            assertThat(wrong.field("www-authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
            assertThat(wrong.body()).doesNotContain(token).doesNotContain("signature of");
            assertThat(client.exchange(request("/", bearing(issuer.token(FIRST, "bob")))).fault())
                    .isEqualTo("auth.unknown_consumer");
            assertThat(client.exchange(request("/", bearing("eyJhbGciOiJub25lIn0.e30."))).fault()).isEqualTo("jwt.alg");
        }

        assertThat(service.requestCount()).isZero();
    }

    @Test
    void noTokenMakesTheGatewayCallAnybody() {
        start(trusting(""));
        try (TestUpstream trap = TestUpstream.hello()) {
            URI lure = URI.create(trap.url() + "/keys");
            ECKey stranger = KeyServer.key("first");
            for (String token : new String[]{
                issuer.token(stranger, "ann", header -> header.jwkURL(lure)),
                issuer.token(stranger, "ann", header -> header.x509CertURL(lure)),
                issuer.token(stranger, "ann", header -> header.jwk(stranger.toPublicJWK())),
                issuer.token(KeyServer.key(trap.url()), "ann", header -> header.jwkURL(lure))}) {
                assertThat(show(token).status()).isEqualTo(401);
            }

            assertThat(trap.connections()).isZero();
        }
        assertThat(issuer.keyRequests()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "WELL")
    void knownKeysGoOnWhereTheirServerDoesNot(Mood mood) {
        start(trusting(OFTEN + ", http: { timeout: 1s }"));
        String token = issuer.token(FIRST, "ann");
        String other = issuer.token(FIRST, "ann");
        awaitStatus("the first keys", 200, token);

        issuer.mood(mood);
        Await.until("fetches to fail", () -> gateway.metric("tidegate_policy_events_total",
                "event=\"keys_failed\"") >= 2);

        assertThat(show(token).status()).isEqualTo(200);
        assertThat(show(other).status()).isEqualTo(200);
        assertThat(show(issuer.token(KeyServer.key("unknown"), "ann")).fault()).isEqualTo("jwt.key");
        issuer.mood(Mood.WELL);
        issuer.keys(FIRST, SECOND);
        awaitStatus("the new key", 200, issuer.token(SECOND, "ann"));
    }

    @Test
    void aNewKeyIsPickedUpAndAKeyThatIsGoneStopsWorking() {
        start(trusting(OFTEN));
        String first = issuer.token(FIRST, "ann");
        String second = issuer.token(SECOND, "ann");
        assertThat(show(first).status()).isEqualTo(200);
        assertThat(show(second).fault()).isEqualTo("jwt.key");

        issuer.keys(FIRST, SECOND);
        awaitStatus("the new key", 200, second);
        assertThat(show(first).status()).isEqualTo(200);
        issuer.keys(SECOND);
        awaitStatus("the end of the old key", 401, first);
        assertThat(show(second).status()).isEqualTo(200);
    }

    @Test
    void aFloodOfUnknownKeysLeadsToOneMoreFetch() {
        long began = System.nanoTime();
        start(trusting(""));
        assertThat(show(issuer.token(FIRST, "ann")).status()).isEqualTo(200);
        String token = issuer.token(KeyServer.key("unknown"), "ann");
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 10_000; i++) {
                String header = Base64.getUrlEncoder().withoutPadding().encodeToString(
                        ("{\"alg\":\"ES256\",\"kid\":\"" + i + "\"}").getBytes(StandardCharsets.UTF_8));
                RawResponse answer = client
                        .exchange(request("/", bearing(header + token.substring(token.indexOf('.')))));
                assertThat(answer.fault()).isEqualTo("jwt.key");
            }
        }
        int halfMinutes = (int) Duration.ofNanos(System.nanoTime() - began).dividedBy(Duration.ofSeconds(30));
        assertThat(issuer.keyRequests()).isBetween(1, 2 + halfMinutes);
    }

    @Test
    void keysOutliveAReloadThatFindsTheirServerDown() {
        start(trusting(""));
        String token = issuer.token(FIRST, "ann");
        assertThat(show(token).status()).isEqualTo(200);

        issuer.mood(Mood.UNAVAILABLE);
        gateway.apply(trusting(", leeway: 10s").text());

        assertThat(show(token).status()).isEqualTo(200);
        assertThat(issuer.keyRequests()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNAVAILABLE", "SILENT"})
    void withoutKeysFromTheStartRequestsAreToldToComeAgain(Mood mood) {
        issuer.mood(mood);
        start(trusting(", refresh: { hold: 100ms }, http: { timeout: 300ms }"));
        String token = issuer.token(FIRST, "ann");

        RawResponse answer = show(token);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.fault()).isEqualTo("auth.unavailable");
        assertThat(answer.field("retry-after")).isEqualTo("1");
        assertThat(service.requestCount()).isZero();

        issuer.mood(Mood.WELL);
        awaitStatus("the first keys", 200, token);
    }
}
