package io.tidegate.identity.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.ConfigException;
import io.tidegate.identity.TestIssuer;
import io.tidegate.identity.token.TokenRules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JsonWebKeysTest {

    private static final TestIssuer RSA = TestIssuer.of("r", "RS256");
    private static final TestIssuer EC = TestIssuer.of("e", "ES256");
    private static final TestIssuer ED = TestIssuer.of("d", "EdDSA");

    private static List<String> read(String jwks, List<SignatureAlgorithm> accepted) throws Exception {
        return JsonWebKeys.read(jwks.getBytes(StandardCharsets.UTF_8), accepted).keys().stream()
                .map(key -> key.id() + " " + key.algorithm().id()).toList();
    }

    private static String bare(TestIssuer issuer, String more) {
        return "{\"keys\":[{" + issuer.material() + more + "}]}";
    }

    @Test
    void eachKeyIsGoodForOneAlgorithm() throws Exception {
        assertThat(read(TestIssuer.jwks(RSA, EC, ED), TokenRules.PUBLIC)).containsExactly("r RS256", "e ES256",
                "d EdDSA");
        assertThat(read(bare(RSA, ""), TokenRules.PUBLIC)).containsExactly("null RS256");
        assertThat(read(bare(RSA, ",\"kid\":\"k\""), List.of(SignatureAlgorithm.ES256, SignatureAlgorithm.PS384,
                SignatureAlgorithm.RS256))).containsExactly("k PS384");
        assertThat(read(bare(EC, ",\"alg\":\"ES256\",\"use\":\"sig\",\"key_ops\":[\"verify\"],\"x5c\":[\"no\"]"),
                TokenRules.PUBLIC)).containsExactly("null ES256");
        assertThat(read(bare(ED, ",\"alg\":\"Ed25519\""), TokenRules.PUBLIC)).containsExactly("null EdDSA");
    }

    @ParameterizedTest
    @MethodSource("useless")
    void keysThatCantBeUsedAreLeftOut(String jwks) throws Exception {
        assertThat(read(jwks, TokenRules.PUBLIC)).isEmpty();
    }

    static Stream<Arguments> useless() {
        String small = bare(TestIssuer.of("s", "RS256", 1024), "");
        return Stream.of("{\"keys\":[{\"kty\":\"oct\",\"k\":\"" + "A".repeat(43) + "\",\"alg\":\"HS256\"}]}", small,
                bare(RSA, ",\"use\":\"enc\""), bare(RSA, ",\"use\":1"), bare(RSA, ",\"key_ops\":[\"encrypt\"]"),
                bare(RSA, ",\"alg\":\"RSA-OAEP\""), bare(RSA, ",\"alg\":\"ES256\""), bare(RSA, ",\"alg\":\"none\""),
                bare(RSA, ",\"alg\":\"HS256\""), bare(RSA, ",\"alg\":5"), bare(RSA, ",\"d\":\"AQAB\""),
                bare(RSA, ",\"kid\":5"), bare(EC, ",\"d\":\"AQAB\""), bare(EC, ",\"alg\":\"ES384\""),
                bare(EC, "").replace("P-256", "P-384"), bare(EC, "").replace("P-256", "secp256k1"),
                bare(EC, "").replaceFirst("\"x\":\"..", "\"x\":\"AA"), bare(ED, "").replace("Ed25519", "X25519"),
                bare(ED, "").replaceFirst("\"x\":\"[^\"]*\"", "\"x\":\"AAAA\""),
                "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" + "A".repeat(342) + "\",\"e\":\"AQAB\"}]}",
                bare(RSA, "").replace("AQAB", "AQ"), "{\"keys\":[{}]}", "{\"keys\":7}", "{}").map(Arguments::of);
    }

    @Test
    void ofKeysWithOneNameNoneIsTaken() throws Exception {
        TestIssuer other = TestIssuer.of("e", "ES256");
        assertThat(read(TestIssuer.jwks(EC, other, RSA), TokenRules.PUBLIC)).containsExactly("r RS256");
        assertThat(read(TestIssuer.jwks(EC, EC), TokenRules.PUBLIC)).containsExactly("e ES256");
    }

    @Test
    void aHundredKeysAreEnough() throws Exception {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 150; i++) {
            many.append(i == 0 ? "" : ",").append("{\"kid\":\"k").append(i).append("\",").append(EC.material())
                    .append('}');
        }
        assertThat(read("{\"keys\":[" + many + "]}", TokenRules.PUBLIC)).hasSize(KeySet.MAX_KEYS);
    }

    @Test
    void aTokenWithoutAKeysNameIsTriedWithFewKeys() throws Exception {
        List<VerificationKey> keys = new ArrayList<>();
        for (int i = 0; i < KeySet.MAX_TRIED; i++) {
            keys.add(VerificationKey.of("k" + i, SignatureAlgorithm.ES256, EC.pair().getPublic()));
        }
        keys.add(VerificationKey.of(null, SignatureAlgorithm.RS256, RSA.pair().getPublic()));
        KeySet set = KeySet.of(keys);

        assertThat(set.candidates(null, SignatureAlgorithm.ES256)).hasSize(KeySet.MAX_TRIED);
        assertThat(set.candidates("k1", SignatureAlgorithm.ES256)).containsExactly(keys.get(1));
        assertThat(set.candidates("k1", SignatureAlgorithm.RS256)).containsExactly(keys.get(1));
        assertThat(set.candidates("other", SignatureAlgorithm.ES256)).isEmpty();
        assertThat(set.candidates("other", SignatureAlgorithm.RS256)).containsExactly(keys.getLast());
        keys.add(VerificationKey.of("one-more", SignatureAlgorithm.ES256, EC.pair().getPublic()));
        assertThat(KeySet.of(keys).candidates(null, SignatureAlgorithm.ES256)).isEmpty();
    }

    @Test
    void keysMayBeWrittenInPem() {
        String pem = pem(RSA) + "\n" + pem(EC) + pem(ED);

        assertThat(JsonWebKeys.configured(pem, TokenRules.PUBLIC).keys()).extracting(VerificationKey::algorithm)
                .containsExactly(SignatureAlgorithm.RS256, SignatureAlgorithm.ES256, SignatureAlgorithm.EDDSA);
        for (String wrong : List.of("", "text", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
                pem(TestIssuer.of("s", "RS256", 1024)), "{\"keys\":[]}", "{", pem(RSA).replace("PUBLIC", "PRIVATE"))) {
            assertThatThrownBy(() -> JsonWebKeys.configured(wrong, TokenRules.PUBLIC))
                    .isInstanceOf(ConfigException.class);
        }
        assertThatThrownBy(() -> JsonWebKeys.configured(pem, List.of(SignatureAlgorithm.ES256)))
                .isInstanceOf(ConfigException.class).hasMessageContaining("good for none");
    }

    private static String pem(TestIssuer issuer) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(issuer.pair().getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }
}
