package io.tidegate.identity.internaltoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.tidegate.api.AccessFaults;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Consumer;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.FilePath;
import io.tidegate.api.Policy;
import io.tidegate.api.Principal;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InternalTokenPolicyTest {

    private static final Principal SHOP = new Principal("jwt", "u-1", "https://issuer.test",
            new Consumer("shop", Set.of("partners")), Set.of("partners", "eu"), Set.of("write", "read"),
            Map.of("tenant", "t-9", "plan", Map.of("name", "gold"), "secret", "not to be told"));

    private static final String EC = """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgr8o9aXyeibSpQnYp
            J5jdbdMItsYiyQPbXfXM5Wfk46ahRANCAARWQaq+QGPv0/iNzfW4rJASCqM4JU3b
            4FmK3xYPgoAp7VIYFzMbHWVUwS4jR2NCTgp6uqzogMokwY7IxYnjdUIv
            -----END PRIVATE KEY-----
            """;
    private static final String EC_PUBLIC = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEVkGqvkBj79P4jc31uKyQEgqjOCVN"
            + "2+BZit8WD4KAKe1SGBczGx1lVMEuI0djQk4Kerqs6IDKJMGOyMWJ43VCLw==";
    private static final String ED = """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEICt33oAeKOlYnoa9zGIFTtrktZbGrO4dM5ReErtobtAj
            -----END PRIVATE KEY-----
            """;
    private static final String ED_PUBLIC = "MCowBQYDK2VwAyEAV325r95wNjq9+oUo8Lk+ozOnUi8ODmurHoSNukuFa34=";
    private static final String EC_P384 = """
            -----BEGIN PRIVATE KEY-----
            MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDCDe0V/g11uH8y8XH0p
            W9ZY7lXK8qoBCrEEDmbHDjuBPIbaIHoFPUKzttbKJFo4xIyhZANiAAQqnCs1i5Hc
            /1B1hV5aUdULn0u67NG3NEEoJG7gqLJkSoGbguY0l1zdwJoKmkneo7DyLuc25BQi
            kCw9E6LoB7Gisk8mKOO0UpLGLAGA2GDx01odVt7DRU3H5vyDVNkJ+mk=
            -----END PRIVATE KEY-----
            """;

    /// Sets of keys are the process's: each test has its own.
    private static final AtomicInteger SETS = new AtomicInteger();

    private final String set = "unit-" + SETS.incrementAndGet();
    private final InternalTokenConfig plain = config(TokenAlgorithm.ES256, null, false);
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1_800_000_000));
    private final InstantSource clock = now::get;

    @TempDir
    Path folder;

    private InternalTokenConfig config(TokenAlgorithm algorithm, @Nullable FilePath keyFile, boolean required) {
        return new InternalTokenConfig("x-tidegate-identity", "https://gateway.test", List.of("orders"),
                Duration.ofSeconds(30), Set.of(TokenPart.CONSUMER, TokenPart.GROUPS, TokenPart.SCOPES),
                List.of("tenant", "plan", "missing"), set, algorithm, keyFile, null, required);
    }

    /// Says that whoever is named in a field calls.
    private static final class Calling implements Policy {

        private @Nullable Principal principal = SHOP;

        @Override
        public Decision onRequest(Exchange exchange) {
            if (principal != null) {
                exchange.identify(principal);
            }
            return Decision.next();
        }
    }

    private PolicyTester tester(Calling calling, InternalTokenConfig config) {
        return PolicyTester.at(clock).then(calling).then(new InternalTokenFactory(), config);
    }

    private static SignedJWT token(TesterResult result) throws Exception {
        return SignedJWT.parse(Objects.requireNonNull(result.sent().header("x-tidegate-identity")));
    }

    private JWKSet published() throws Exception {
        try (PolicyTester tester = PolicyTester.at(clock).then(new IdentityKeysFactory(),
                new IdentityKeysConfig(set, Duration.ofMinutes(5)))) {
            TesterResult result = tester.get("/").send();
            assertThat(result.status()).isEqualTo(200);
            assertThat(result.header("content-type")).isEqualTo("application/jwk-set+json");
            assertThat(result.header("cache-control")).isEqualTo("public, max-age=300");
            return JWKSet.parse(result.text());
        }
    }

    private boolean verifies(SignedJWT token) throws Exception {
        JWK key = published().getKeyByKeyId(token.getHeader().getKeyID());
        if (key == null) {
            return false;
        }
        assertThat(key.isPrivate()).isFalse();
        if (key instanceof ECKey ec) {
            return token.verify(new ECDSAVerifier(ec));
        }
        byte[] der = new byte[44];
        System.arraycopy(Base64.getDecoder().decode(ED_PUBLIC), 0, der, 0, 12);
        System.arraycopy(((OctetKeyPair) key).getDecodedX(), 0, der, 12, 32);
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der)));
        signature.update(token.getSigningInput());
        return signature.verify(token.getSignature().decode());
    }

    @Test
    void tellsTheServiceWhoCalls() throws Exception {
        try (PolicyTester tester = tester(new Calling(), plain)) {
            SignedJWT token = token(tester.get("/").header("x-tidegate-identity", "forged").send());

            JWTClaimsSet claims = token.getJWTClaimsSet();
            assertThat(claims.getIssuer()).isEqualTo("https://gateway.test");
            assertThat(claims.getSubject()).isEqualTo("u-1");
            assertThat(claims.getAudience()).containsExactly("orders");
            assertThat(claims.getIssueTime()).isEqualTo(now.get());
            assertThat(claims.getExpirationTime()).isEqualTo(now.get().plusSeconds(30));
            assertThat(claims.getStringClaim("consumer")).isEqualTo("shop");
            assertThat(claims.getStringListClaim("groups")).containsExactly("eu", "partners");
            assertThat(claims.getStringClaim("scope")).isEqualTo("read write");
            assertThat(claims.getStringClaim("tenant")).isEqualTo("t-9");
            assertThat(claims.getJSONObjectClaim("plan")).isEqualTo(Map.of("name", "gold"));
            assertThat(claims.getClaims().keySet()).doesNotContain("secret", "missing", "auth_method");
            assertThat(verifies(token)).isTrue();
        }
    }

    @Test
    void signsWithEd25519() throws Exception {
        try (PolicyTester tester = tester(new Calling(), config(TokenAlgorithm.EDDSA, null, false))) {
            SignedJWT token = token(tester.get("/").send());
            assertThat(token.getHeader().getAlgorithm().getName()).isEqualTo("EdDSA");
            assertThat(verifies(token)).isTrue();
        }
    }

    @Test
    void keepsATokenForHalfOfItsTime() throws Exception {
        Calling calling = new Calling();
        try (PolicyTester tester = tester(calling, plain)) {
            String first = token(tester.get("/").send()).serialize();
            now.set(now.get().plusSeconds(14));
            assertThat(token(tester.get("/").send()).serialize()).isEqualTo(first);
            assertThat(tester.count("signed")).isEqualTo(1);

            calling.principal = new Principal("jwt", "u-2", null, null, Set.of(), Set.of(), Map.of());
            assertThat(token(tester.get("/").send()).getJWTClaimsSet().getSubject()).isEqualTo("u-2");
            calling.principal = new Principal("jwt", "u-1", "https://issuer.test", SHOP.consumer(), SHOP.groups(),
                    Set.of("read"), SHOP.claims());
            assertThat(token(tester.get("/").send()).getJWTClaimsSet().getStringClaim("scope")).isEqualTo("read");
            // Claims that are not passed on make no other token.
            calling.principal = new Principal("jwt", "u-1", "https://issuer.test", SHOP.consumer(), SHOP.groups(),
                    SHOP.scopes(), Map.of("tenant", "t-9", "plan", Map.of("name", "gold"), "jti", "7"));
            assertThat(token(tester.get("/").send()).serialize()).isEqualTo(first);
            assertThat(tester.count("signed")).isEqualTo(3);

            now.set(now.get().plusSeconds(2));
            SignedJWT later = token(tester.get("/").send());
            assertThat(later.serialize()).isNotEqualTo(first);
            assertThat(later.getJWTClaimsSet().getExpirationTime()).isEqualTo(now.get().plusSeconds(30));
        }
    }

    @Test
    void changesItsKeyAndPublishesEachBeforeAndAfterItSigns() throws Exception {
        try (PolicyTester tester = tester(new Calling(), plain)) {
            SignedJWT first = token(tester.get("/").send());
            assertThat(published().getKeys()).hasSize(2);
            List<String> before = published().getKeys().stream().map(JWK::getKeyID).toList();

            now.set(now.get().plus(Duration.ofHours(24)).minusSeconds(1));
            SignedJWT last = token(tester.get("/").send());
            assertThat(last.getHeader().getKeyID()).isEqualTo(first.getHeader().getKeyID());
            now.set(now.get().plusSeconds(16));
            SignedJWT changed = token(tester.get("/").send());

            assertThat(changed.getHeader().getKeyID()).isNotEqualTo(first.getHeader().getKeyID()).isIn(before);
            assertThat(verifies(last)).isTrue();
            assertThat(verifies(changed)).isTrue();
            Await.until("the next key to be published", () -> {
                try {
                    return published().getKeys().size() == 3;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });

            now.set(now.get().plusSeconds(76));
            assertThat(verifies(last)).isFalse();
            assertThat(verifies(changed)).isTrue();
        }
    }

    @Test
    void publishesItsKeysUntilItsTokensHaveEnded() throws Exception {
        SignedJWT token;
        try (PolicyTester tester = tester(new Calling(), plain)) {
            token = token(tester.get("/").send());
        }
        assertThat(verifies(token)).isTrue();
        assertThat(published().getKeys()).hasSize(1);
        now.set(now.get().plusSeconds(91));
        assertThat(published().getKeys()).isEmpty();
    }

    @Test
    void policiesWithTheSameSetHaveTheSameKeys() throws Exception {
        Calling calling = new Calling();
        try (PolicyTester one = tester(calling, plain)) {
            SignedJWT first = token(one.get("/").send());
            try (PolicyTester other = tester(calling, plain)) {
                assertThat(token(other.get("/").send()).getHeader().getKeyID())
                        .isEqualTo(first.getHeader().getKeyID());
            }
            assertThat(published().getKeys()).hasSize(2);
            now.set(now.get().plusSeconds(20));
            assertThat(token(one.get("/").send()).getHeader().getKeyID()).isEqualTo(first.getHeader().getKeyID());
        }
    }

    @Test
    void saysNothingOfNobody() {
        Calling nobody = new Calling();
        nobody.principal = null;
        try (PolicyTester tester = tester(nobody, plain)) {
            TesterResult result = tester.get("/").header("x-tidegate-identity", "forged").send();
            assertThat(result.sent().header("x-tidegate-identity")).isNull();
        }
        try (PolicyTester tester = tester(nobody, config(TokenAlgorithm.ES256, null, true))) {
            TesterResult result = tester.get("/").send();
            assertThat(result.fault()).isEqualTo(AccessFaults.MISSING);
            assertThat(result.header("www-authenticate")).isEqualTo("Bearer");
        }
    }

    @Test
    void sendsNoTokenThatServicesWouldNotTake() {
        Calling calling = new Calling();
        calling.principal = new Principal("jwt", "u-1", null, null, Set.of(), Set.of(),
                Map.of("tenant", "x".repeat(7000)));
        try (PolicyTester tester = tester(calling, plain)) {
            assertThat(tester.get("/").send().fault()).isEqualTo(Fault.POLICY_FAILED);
            assertThat(tester.count("refused")).isEqualTo(1);
        }
    }

    private FilePath file(String content) throws Exception {
        Path file = folder.resolve("key.pem");
        Files.writeString(file, content, StandardCharsets.US_ASCII);
        return FilePath.of(file.toString());
    }

    @Test
    void signsWithTheKeyOfAFile() throws Exception {
        InternalTokenConfig ec = config(TokenAlgorithm.ES256, file(EC), false);
        try (PolicyTester tester = tester(new Calling(), ec)) {
            SignedJWT token = token(tester.get("/").send());
            assertThat(published().getKeys()).hasSize(1);
            assertThat(published().getKeys().getFirst().toECKey().toPublicKey().getEncoded())
                    .isEqualTo(Base64.getDecoder().decode(EC_PUBLIC));
            now.set(now.get().plus(Duration.ofDays(400)));
            assertThat(token(tester.get("/").send()).getHeader().getKeyID()).isEqualTo(token.getHeader().getKeyID());
            assertThat(verifies(token)).isTrue();
        }
        now.set(now.get().plusSeconds(100));
        try (PolicyTester tester = tester(new Calling(), config(TokenAlgorithm.EDDSA, file(ED), false))) {
            assertThat(verifies(token(tester.get("/").send()))).isTrue();
            byte[] x = ((OctetKeyPair) published().getKeys().getFirst()).getDecodedX();
            assertThat(Base64.getDecoder().decode(ED_PUBLIC)).endsWith(x);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nothing", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", ED, EC_P384,
        "-----BEGIN PRIVATE KEY-----\n%%%\n-----END PRIVATE KEY-----"})
    void refusesAFileThatHasNoKeyForItsAlgorithm(String content) throws Exception {
        InternalTokenConfig config = config(TokenAlgorithm.ES256, file(content), false);

        assertThatThrownBy(() -> tester(new Calling(), config)).isInstanceOfSatisfying(ConfigException.class, e -> {
            assertThat(e.component()).isEqualTo("keyFile");
            assertThat(String.valueOf(e.getMessage())).doesNotContain("MC4C", "MIG2", "AAAA");
        });
        assertThat(published().getKeys()).isEmpty();
    }

    @Test
    void refusesAKeyWhosePublicHalfIsAnothers() throws Exception {
        byte[] der = Base64.getMimeDecoder().decode(EC.replaceAll("-----.*-----", ""));
        byte[] other = Base64.getDecoder().decode(EC_PUBLIC);
        // The point's mirror image lies on the curve too: p - y.
        java.math.BigInteger p = new java.math.BigInteger(
                "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);
        java.math.BigInteger y = new java.math.BigInteger(1, other, other.length - 32, 32);
        byte[] mirrored = p.subtract(y).toByteArray();
        for (int i = 0; i < 32; i++) {
            der[der.length - 1 - i] = i < mirrored.length ? mirrored[mirrored.length - 1 - i] : 0;
        }
        FilePath file = file("-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(() -> tester(new Calling(), config(TokenAlgorithm.ES256, file, false)))
                .isInstanceOf(ConfigException.class).hasMessageContaining("has no private key for ES256");
    }

    @Test
    void answersNothingButReads() {
        try (PolicyTester tester = PolicyTester.of(new IdentityKeysFactory(),
                new IdentityKeysConfig("none", Duration.ZERO))) {
            assertThat(tester.get("/").send().text()).isEqualTo("{\"keys\":[]}");
            TesterResult refused = tester.post("/").send();
            assertThat(refused.status()).isEqualTo(405);
            assertThat(refused.header("allow")).isEqualTo("GET, HEAD");
        }
    }

    @Test
    void ownsItsHeaderAndRefusesWhatCanNotBe() {
        assertThat(new InternalTokenFactory().ownHeaders(plain)).containsExactly("x-tidegate-identity");
        assertThatThrownBy(() -> with("X-Id", Duration.ofSeconds(1), List.of(), null))
                .isInstanceOf(ConfigException.class).hasMessageContaining("2s to 1h");
        assertThatThrownBy(() -> with("X-Id", Duration.ofSeconds(30), List.of("sub"), null))
                .isInstanceOf(ConfigException.class).hasMessageContaining("'sub'");
        assertThatThrownBy(() -> with("Content-Length", Duration.ofSeconds(30), List.of(), null))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> with("X-Id", Duration.ofMinutes(2), List.of(), Duration.ofMinutes(3)))
                .isInstanceOf(ConfigException.class).hasMessageContaining("twice 'ttl'");
    }

    private static InternalTokenConfig with(String header, Duration ttl, List<String> claims,
            @Nullable Duration rotateEvery) {
        return new InternalTokenConfig(header, "g", List.of("a"), ttl, Set.of(), claims, "unit", TokenAlgorithm.ES256,
                null, rotateEvery, false);
    }
}
