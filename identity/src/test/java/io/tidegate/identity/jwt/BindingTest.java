package io.tidegate.identity.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.ClientCertificate;
import io.tidegate.api.Fault;
import io.tidegate.api.TlsClient;
import io.tidegate.identity.TestIssuer;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterRequest;
import io.tidegate.testkit.TesterResult;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tokens that belong to a key (RFC 9449) or a certificate (RFC 8705).
class BindingTest {

    private static final TestIssuer ISSUER = TestIssuer.of("key", "ES256");
    private static final TestIssuer CLIENT = TestIssuer.of("client", "ES256");
    private static final TestIssuer THIEF = TestIssuer.of("client", "ES256");
    private static final String SHA256 = "ab".repeat(32);

    private final Instant now = Instant.ofEpochSecond(1_800_000_000);
    private final Settings settings = Settings.with(ISSUER.jwk());
    private @Nullable PolicyTester opened;

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    private TesterRequest get() {
        PolicyTester there = opened;
        if (there == null) {
            there = PolicyTester.at(() -> now).then(new JwtFactory(), settings.config());
            opened = there;
        }
        return there.get("/orders/1?x=y");
    }

    private String token(@Nullable String confirmation) {
        return ISSUER.token("{\"iss\":\"" + TestIssuer.NAME + "\",\"aud\":\"orders\",\"sub\":\"ann\",\"exp\":1800003600"
                + (confirmation == null ? "" : ",\"cnf\":" + confirmation) + "}");
    }

    private static String sha256(String text) {
        try {
            return TestIssuer.encode(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private String bound() {
        return token("{\"jkt\":\"" + sha256("{" + CLIENT.material() + "}") + "\"}");
    }

    private static String header(TestIssuer client) {
        return "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{" + client.material() + "}}";
    }

    private static String proof(String token) {
        return "{\"jti\":\"1\",\"htm\":\"GET\",\"htu\":\"http://gateway.test/orders/1\",\"iat\":1800000000,\"ath\":\""
                + sha256(token) + "\"}";
    }

    private TesterResult shown(String token, String scheme, String... proofs) {
        TesterRequest request = get().header("authorization", scheme + " " + token);
        for (String proof : proofs) {
            request.header("dpop", proof);
        }
        return request.send();
    }

    private static TlsClient tls(@Nullable String sha256) {
        return new TlsClient("TLSv1.3", "TLS_AES_128_GCM_SHA256", null, null,
                sha256 == null ? null : new ClientCertificate("CN=a", "CN=b", "1", sha256, List.of(), List.of()));
    }

    @Test
    void aTokenOfACertificateIsOfUseOnItsConnectionsAlone() {
        String token = token("{\"x5t#S256\":\"" + TestIssuer.encode(HexFormat.of().parseHex(SHA256)) + "\"}");

        assertThat(get().tls(tls(SHA256)).header("authorization", "Bearer " + token).send().status()).isEqualTo(200);
        assertThat(get().tls(tls("cd".repeat(32))).header("authorization", "Bearer " + token).send().fault())
                .isEqualTo(AccessFaults.TOKEN_BINDING);
        assertThat(get().tls(tls(null)).header("authorization", "Bearer " + token).send().fault())
                .isEqualTo(AccessFaults.TOKEN_BINDING);
        assertThat(shown(token, "Bearer").fault()).isEqualTo(AccessFaults.TOKEN_BINDING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "\"jkt\"", "{\"jkt\":7}", "{\"jkt\":\"AAAA\"}", "{\"x5t#S256\":\"\"}",
        "{\"kid\":\"k\"}", "{\"jwk\":{}}", "{\"x5t#S256\":\"=\",\"jkt\":\"=\"}", "{\"jku\":\"http://127.0.0.1:1/\"}"})
    void whatCantBeProvedIsRefused(String confirmation) {
        TesterResult result = shown(token(confirmation), "Bearer");

        assertThat(result.fault()).isEqualTo(AccessFaults.TOKEN_BINDING);
        assertThat(result.reachedUpstream()).isFalse();
    }

    @Test
    void aTokenOfAKeyIsRefusedWhereNoProofsAreLookedAt() {
        assertThat(shown(bound(), "Bearer").fault()).isEqualTo(AccessFaults.TOKEN_BINDING);
        assertThat(shown(bound(), "DPoP", CLIENT.sign(header(CLIENT), proof(bound()))).fault())
                .isEqualTo(AccessFaults.MISSING);
    }

    @Test
    void aProofIsGoodForOneRequest() {
        settings.dpop = new DpopConfig(true, Duration.ofSeconds(60));
        settings.forward = false;
        String token = bound();
        String proof = CLIENT.sign(header(CLIENT), proof(token));

        TesterResult first = shown(token, "DPoP", proof);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.principal()).isNotNull();
        assertThat(first.sent().header("dpop")).isNull();
        assertThat(shown(token, "DPoP", proof).fault()).isEqualTo(AccessFaults.DPOP_PROOF);
        String next = CLIENT.sign(header(CLIENT), proof(token).replace("\"jti\":\"1\"", "\"jti\":\"2\""));
        assertThat(shown(token, "dpop", next).status()).isEqualTo(200);
    }

    @Test
    void aTokenWithoutAKeyIsRefusedWhereProofIsRequired() {
        settings.dpop = new DpopConfig(true, Duration.ofSeconds(60));

        assertThat(shown(token(null), "Bearer").fault()).isEqualTo(AccessFaults.TOKEN_BINDING);
        assertThat(shown(token(null), "DPoP", CLIENT.sign(header(CLIENT), proof(token(null)))).fault())
                .isEqualTo(AccessFaults.TOKEN_BINDING);
        TesterResult missing = get().send();
        assertThat(missing.header("www-authenticate")).startsWith("DPoP algs=");
    }

    @Test
    void aTokenWithoutAKeyPassesWhereProofIsNotRequired() {
        settings.dpop = new DpopConfig(false, Duration.ofSeconds(60));

        assertThat(shown(token(null), "Bearer").status()).isEqualTo(200);
        assertThat(shown(token(null), "DPoP", CLIENT.sign(header(CLIENT), proof(token(null)))).fault())
                .isEqualTo(AccessFaults.TOKEN_BINDING);
        assertThat(shown(bound(), "Bearer").fault()).isEqualTo(AccessFaults.TOKEN_BINDING);
        assertThat(get().send().headerValues("www-authenticate")).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("proofs")
    void aProofThatIsNotRightIsRefused(String name, UnaryOperator<String> header, UnaryOperator<String> payload,
            Fault fault) {
        settings.dpop = new DpopConfig(true, Duration.ofSeconds(60));
        String token = bound();
        TestIssuer signer = name.startsWith("thief") ? THIEF : CLIENT;

        TesterResult result = shown(token, "DPoP",
                signer.sign(header.apply(header(CLIENT)), payload.apply(proof(token))));

        assertThat(result.fault()).isEqualTo(fault);
        assertThat(result.reachedUpstream()).isFalse();
    }

    private static Arguments header(String name, String from, String to) {
        return Arguments.of(name, (UnaryOperator<String>) text -> text.replace(from, to), UnaryOperator.identity(),
                AccessFaults.DPOP_PROOF);
    }

    private static Arguments payload(String name, String from, String to) {
        return Arguments.of(name, UnaryOperator.identity(),
                (UnaryOperator<String>) text -> text.replaceFirst(from, to), AccessFaults.DPOP_PROOF);
    }

    static Stream<Arguments> proofs() {
        return Stream.of(header("thief with the key of the client", "x", "x"),
                Arguments.of("thief with a key of its own", (UnaryOperator<String>) _ -> header(THIEF),
                        UnaryOperator.identity(), AccessFaults.TOKEN_BINDING),
                header("type of a token", "dpop+jwt", "JWT"), header("no type", "\"typ\":\"dpop+jwt\",", ""),
                header("alg none", "ES256", "none"), header("alg of a secret", "ES256", "HS256"),
                header("no key", "jwk", "jwx"), header("private key", "{\"crv\"", "{\"d\":\"AA\",\"crv\""),
                header("crit", "\"typ\"", "\"crit\":[\"typ\"],\"typ\""),
                payload("another method", "GET", "POST"), payload("method in lower case", "GET", "get"),
                payload("no method", "htm", "htx"), payload("another host", "gateway", "other"),
                payload("another path", "orders/1", "orders/2"), payload("another scheme", "http:", "https:"),
                payload("another port", "test/", "test:81/"), payload("no URL", "htu", "htx"),
                payload("an address that is none", "http://gateway.test/orders/1", "a b"),
                payload("another token", "\"ath\":\"...", "\"ath\":\"AAA"), payload("no token", "ath", "atx"),
                payload("91 s old", "1800000000", "1799999909"), payload("of the future", "1800000000", "1800000031"),
                payload("no time", "iat", "iax"), payload("time a text", "1800000000", "\"1800000000\""),
                payload("no id", "jti", "jtx"), payload("empty id", "\"1\"", "\"\""),
                payload("long id", "\"1\"", "\"" + "1".repeat(257) + "\""),
                payload("twice the same", "\"htm\"", "\"htm\":\"GET\",\"htm\""));
    }

    @Test
    void thereMustBeOneProof() {
        settings.dpop = new DpopConfig(true, Duration.ofSeconds(60));
        String token = bound();
        String proof = CLIENT.sign(header(CLIENT), proof(token));
        String other = CLIENT.sign(header(CLIENT), proof(token).replace("\"jti\":\"1\"", "\"jti\":\"2\""));

        TesterResult none = shown(token, "DPoP");
        assertThat(none.fault()).isEqualTo(AccessFaults.DPOP_PROOF);
        assertThat(none.header("www-authenticate")).endsWith("error=\"invalid_dpop_proof\"");
        assertThat(shown(token, "DPoP", proof, other).fault()).isEqualTo(AccessFaults.DPOP_PROOF);
        assertThat(shown(token, "DPoP", "nonsense").fault()).isEqualTo(AccessFaults.DPOP_PROOF);
        assertThat(shown(token, "Bearer", proof).fault()).isEqualTo(AccessFaults.TOKEN_BINDING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP://GATEWAY.test/orders/1", "http://gateway.test:80/orders/1",
        "http://gateway.test/orders/1?x=y#z", "http://gateway.test/%6frders/./1"})
    void anAddressMayBeWrittenInOtherWays(String url) {
        settings.dpop = new DpopConfig(true, Duration.ofSeconds(60));
        String token = bound();

        assertThat(shown(token, "DPoP", CLIENT.sign(header(CLIENT),
                proof(token).replace("http://gateway.test/orders/1", url))).status()).isEqualTo(200);
    }
}
