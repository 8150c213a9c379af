package io.tidegate.identity.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.ByteSize;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Decision;
import io.tidegate.api.Fault;
import io.tidegate.config.ConsumerConfig.Algorithm;
import io.tidegate.config.ConsumerConfig.SigningKeyConfig;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterRequest;
import io.tidegate.testkit.TesterResult;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HmacPolicyTest extends HmacFixture {

    private static final String COVERED = "\"@method\" \"@target-uri\"";
    private static final String LINES = "\"@method\": GET\n\"@target-uri\": http://gateway.test/a?b=c\n";

    private static String signed(String lines, String parameters) {
        return hmac(SECRET, lines + "\"@signature-params\": " + parameters);
    }

    /// A GET of `/a?b=c` with this signature.
    private static TesterRequest get(PolicyTester tester, String lines, String parameters) {
        return tester.get("/a?b=c").header("signature-input", "sig1=" + parameters).header("signature",
                "sig1=" + signed(lines, parameters));
    }

    private static TesterRequest get(PolicyTester tester) {
        return get(tester, LINES, parameters(COVERED, NOW, null));
    }

    @Test
    void aSignatureTellsWhoCallsAndGoesOnToTheService() {
        TesterResult result = get(tester()).send();

        assertThat(result.principal()).satisfies(principal -> {
            assertThat(principal.method()).isEqualTo("hmac");
            assertThat(principal.name()).isEqualTo("shop");
            assertThat(principal.groups()).containsExactly("partners");
            assertThat(principal.claims()).isEqualTo(Map.of("keyid", "k1"));
        });
        assertThat(result.sent().header("signature")).isNotNull();
    }

    @Test
    void aRequestThatIsNotSignedIsRefusedUnlessItMayBe() {
        TesterResult result = tester().get("/").send();
        HmacConfig optional = new HmacConfig(List.of("@method"), true, new ByteSize(10), Duration.ofMinutes(5),
                Duration.ZERO, false, null, null, "api", true);

        assertThat(result.fault()).isEqualTo(AccessFaults.SIGNATURE_MISSING);
        assertThat(result.header("www-authenticate")).isEqualTo("Signature realm=\"api\"");
        assertThat(tester(optional, secret("k1", SECRET)).get("/").send().status()).isEqualTo(200);
        assertThat(tester(optional, secret("k1", SECRET)).get("/").header("signature", "sig1=:AA==:").send().fault())
                .isEqualTo(AccessFaults.MALFORMED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "\"@authority\" \"@path\" \"@query\" \"@method\"|\"@authority\": gateway.test#\"@path\": /a#\"@query\": ?b=c#\"@method\": GET#",
        "\"@method\" \"@authority\" \"@request-target\"|\"@method\": GET#\"@authority\": gateway.test#\"@request-target\": /a?b=c#",
        "\"@method\" \"@target-uri\" \"@query-param\";name=\"b\"|\"@method\": GET#\"@target-uri\": http://gateway.test/a?b=c#\"@query-param\";name=\"b\": c#",
        "\"@method\" \"@target-uri\" \"@scheme\"|\"@method\": GET#\"@target-uri\": http://gateway.test/a?b=c#\"@scheme\": http#"})
    void whatCoversTheSameIsAsGood(String covered, String lines) {
        TesterResult result = get(tester(), lines.replace('#', '\n'), parameters(covered, NOW, null)).send();

        assertThat(result.fault()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"@method\" \"@path\" \"@query\"", "\"@method\" \"@authority\" \"@path\"",
        "\"@target-uri\"",
        ""})
    void whatCoversLessIsRefusedBeforeItIsLookedAt(String covered) {
        TesterResult result = get(tester(), "", parameters(covered, NOW, null)).send();

        assertThat(result.fault()).isEqualTo(AccessFaults.SIGNATURE_INVALID);
    }

    @ParameterizedTest
    @CsvSource({"-330, true", "-331, false", "30, true", "31, false"})
    void aSignatureIsGoodForAWhileByItsOwnClock(long off, boolean good) {
        TesterResult result = get(tester(), LINES, parameters(COVERED, NOW + off, null)).send();

        assertThat(result.fault()).isEqualTo(good ? null : AccessFaults.SIGNATURE_EXPIRED);
    }

    @ParameterizedTest
    @CsvSource({"1, true", "-29, true", "-30, false"})
    void aSignatureEndsWhenItSays(long off, boolean good) {
        TesterResult result = get(tester(), LINES,
                parameters(COVERED, NOW - 100, ";expires=" + (NOW + off))).send();

        assertThat(result.fault()).isEqualTo(good ? null : AccessFaults.SIGNATURE_EXPIRED);
        assertThat(get(tester(), LINES, parameters(COVERED, NOW, ";expires=" + (NOW - 1))).send().fault())
                .isEqualTo(AccessFaults.SIGNATURE_EXPIRED);
    }

    @Test
    void whatIsNotAsItWasSignedIsRefused() {
        PolicyTester tester = tester();
        String parameters = parameters(COVERED + " \"x-amount\"", NOW, null);
        String lines = LINES + "\"x-amount\": 1, 2\n";

        assertThat(get(tester, lines, parameters).header("x-amount", "1").header("x-amount", " 2 ").send().fault())
                .isNull();
        assertThat(get(tester, lines, parameters).header("x-amount", "1").header("x-amount", "3").send().fault())
                .isEqualTo(AccessFaults.SIGNATURE_INVALID);
        assertThat(get(tester, lines, parameters).send().fault()).isEqualTo(AccessFaults.SIGNATURE_INVALID);
        assertThat(get(tester).authority("other.test").send().fault()).isEqualTo(AccessFaults.SIGNATURE_INVALID);
        assertThat(get(tester).secure().send().fault()).isEqualTo(AccessFaults.SIGNATURE_INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        // An algorithm that is not the key's, and one that is no text.
        "(\"@method\" \"@target-uri\");created=1800000000;keyid=\"k1\";alg=\"ed25519\"",
        "(\"@method\" \"@target-uri\");created=1800000000;keyid=\"k1\";alg=\"none\"",
        "(\"@method\" \"@target-uri\");created=1800000000;keyid=\"k1\";alg=hmac-sha256",
        // A key that nobody has.
        "(\"@method\" \"@target-uri\");created=1800000000;keyid=\"k2\"",
        // No time, no key, times that are none.
        "(\"@method\" \"@target-uri\");keyid=\"k1\"", "(\"@method\" \"@target-uri\");created=1800000000",
        "(\"@method\" \"@target-uri\");created=\"1800000000\";keyid=\"k1\"",
        "(\"@method\" \"@target-uri\");created=-1;keyid=\"k1\"",
        "(\"@method\" \"@target-uri\");created=1800000000.5;keyid=\"k1\"",
        "(\"@method\" \"@target-uri\");created=9999999999999999;keyid=\"k1\"",
        // Components twice, in capitals, of responses, with parameters that are not heeded, that are not texts.
        "(\"@method\" \"@target-uri\" \"@method\");created=1800000000;keyid=\"k1\"",
        "(\"@method\" \"@target-uri\" \"Date\");created=1800000000;keyid=\"k1\"",
        "(\"@method\" \"@target-uri\" \"@status\");created=1800000000;keyid=\"k1\"",
        "(\"@method\" \"@target-uri\" \"@nonsense\");created=1800000000;keyid=\"k1\"",
        "(\"@method\" \"@target-uri\" \"host\";sf);created=1800000000;keyid=\"k1\"",
        "(\"@method\" \"@target-uri\";req);created=1800000000;keyid=\"k1\"",
        "(\"@method\" \"@target-uri\" \"@query-param\");created=1800000000;keyid=\"k1\"",
        "(\"@method\" \"@target-uri\" \"@query-param\";name=\"zz\");created=1800000000;keyid=\"k1\"",
        "(@method \"@target-uri\");created=1800000000;keyid=\"k1\"",
        // Parameters that are unknown, or stand twice.
        "(\"@method\" \"@target-uri\");created=1800000000;keyid=\"k1\";x=1",
        "(\"@method\" \"@target-uri\");created=1800000000;created=1;keyid=\"k1\"",
        // What is no structured field.
        "\"@method\"", "(\"@method\" \"@target-uri\"", "(\"@method\"\"@target-uri\");created=1800000000;keyid=\"k1\"",
        "(\"@method\" \"@target-uri\");created=1800000000;keyid=\"k1", "1", "?2", ":", ""})
    void hostileInputIsRefused(String parameters) {
        TesterResult result = get(tester(), LINES, parameters).send();

        assertThat(result.reachedUpstream()).isFalse();
        assertThat(result.exception()).isNull();
        assertThat(result.fault()).isIn(AccessFaults.MALFORMED, AccessFaults.SIGNATURE_INVALID);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"sig1=P, sig1=P|sig1=S", "sig1=P, sig2=P|sig1=S, sig2=S", "sig1=P|sig2=S",
        "sig1=P|sig1=S, sig1=S", "sig1=P,|sig1=S", "sig1=P|sig1", "sig1=P|sig1=\"x\"", "SIG1=P|SIG1=S"})
    void labelsThatStandTwiceOrDoNotGoTogetherAreRefused(String input, String signature) {
        String parameters = parameters(COVERED, NOW, null);

        TesterResult result = tester().get("/a?b=c").header("signature-input", input.replace("P", parameters))
                .header("signature", signature.replace("=S", "=" + signed(LINES, parameters))).send();

        assertThat(result.fault()).isEqualTo(AccessFaults.MALFORMED);
    }

    @Test
    void ofSeveralSignaturesTheOneThatIsMeantIsLookedAt() {
        HmacConfig config = new HmacConfig(List.of("@method"), true, new ByteSize(10), Duration.ofMinutes(5),
                Duration.ZERO, false, "us", "orders", "api", false);
        String parameters = parameters(COVERED, NOW, ";tag=\"orders\"");
        PolicyTester tester = tester(config, secret("k1", SECRET));

        TesterResult result = tester.get("/a?b=c").header("signature-input", "them=(\"x\");tag=token;n=1.5, us="
                + parameters).header("signature", "them=:AA==:, us=" + signed(LINES, parameters)).send();
        TesterResult otherTag = tester.get("/a?b=c").header("signature-input", "us=" + parameters(COVERED, NOW, null))
                .header("signature", "us=" + signed(LINES, parameters(COVERED, NOW, null))).send();

        assertThat(result.fault()).isNull();
        assertThat(otherTag.fault()).isEqualTo(AccessFaults.SIGNATURE_INVALID);
    }

    // Bodies.

    private static String digest(String algorithm, String body) throws Exception {
        return ":" + Base64.getEncoder().encodeToString(
                MessageDigest.getInstance(algorithm).digest(body.getBytes(StandardCharsets.UTF_8))) + ":";
    }

    private TesterResult post(PolicyTester tester, @Nullable String digest, String body) {
        String covered = COVERED + (digest == null ? "" : " \"content-digest\"");
        String lines = LINES.replace("GET", "POST") + (digest == null ? "" : "\"content-digest\": " + digest + "\n");
        String parameters = parameters(covered, NOW, null);
        TesterRequest request = tester.post("/a?b=c").body(body).header("signature-input", "sig1=" + parameters)
                .header("signature", "sig1=" + signed(lines, parameters));
        return (digest == null ? request : request.header("content-digest", digest)).send();
    }

    @Test
    void aBodyHasToBeTheOneThatWasSigned() throws Exception {
        PolicyTester tester = tester();
        String right = "sha-256=" + digest("SHA-256", "hello");

        assertThat(post(tester, right, "hello").sent().text()).isEqualTo("hello");
        assertThat(post(tester, right, "hellO").fault()).isEqualTo(AccessFaults.SIGNATURE_DIGEST);
        assertThat(post(tester, right, "").fault()).isEqualTo(AccessFaults.SIGNATURE_DIGEST);
        assertThat(post(tester, null, "hello").fault()).isEqualTo(AccessFaults.SIGNATURE_INVALID);
        assertThat(post(tester, null, "").fault()).isNull();
        assertThat(post(tester, "unixsum=:AA==:, sha-512=" + digest("SHA-512", "hello"), "hello").fault()).isNull();
    }

    @Test
    void aDigestThatCanNotBeComparedIsRefused() throws Exception {
        String right = digest("SHA-256", "hello");
        for (String digest : List.of("unixsum=:AA==:", "sha-256=1", "sha-256",
                "sha-256=" + right + ", sha-256=" + right,
                "sha-256=" + right + ", sha-512=" + right, "md5=" + right, "")) {
            assertThat(post(tester(), digest, "hello").fault()).as(digest).isEqualTo(AccessFaults.SIGNATURE_DIGEST);
        }
    }

    @Test
    void aBodyThatIsTooLargeIsNotHeld() throws Exception {
        HmacConfig config = new HmacConfig(List.of("@method"), true, new ByteSize(4), Duration.ofMinutes(5),
                Duration.ZERO, false, null, null, "api", false);

        assertThat(post(tester(config, secret("k1", SECRET)), "sha-256=" + digest("SHA-256", "hello"), "hello").fault())
                .isEqualTo(Fault.BODY_TOO_LARGE);
    }

    // Repeats.

    @Test
    void aNonceCountsOnceAndOnlyItsOwnerCanUseItUp() {
        PolicyTester tester = tester();
        String parameters = parameters(COVERED, NOW, ";nonce=\"n1\"");

        assertThat(tester.get("/a?b=c").header("signature-input", "sig1=" + parameters).header("signature",
                "sig1=" + signed("forged", parameters)).send().fault()).isEqualTo(AccessFaults.SIGNATURE_INVALID);
        assertThat(get(tester, LINES, parameters).send().fault()).isNull();
        assertThat(get(tester, LINES, parameters).send().fault()).isEqualTo(AccessFaults.SIGNATURE_EXPIRED);
        assertThat(get(tester, LINES, parameters(COVERED, NOW - 1, ";nonce=\"n1\"")).send().fault())
                .isEqualTo(AccessFaults.SIGNATURE_EXPIRED);
        assertThat(get(tester, LINES, parameters(COVERED, NOW, ";nonce=\"n2\"")).send().fault()).isNull();
        assertThat(tester.count("replayed")).isEqualTo(2);
    }

    @Test
    void everySignatureCountsOnceWhereThatIsAskedFor() {
        HmacConfig config = new HmacConfig(List.of("@method"), true, new ByteSize(10), Duration.ofMinutes(5),
                Duration.ZERO, true, null, null, "api", false);
        PolicyTester tester = tester(config, secret("k1", SECRET));

        assertThat(get(tester).send().fault()).isNull();
        assertThat(get(tester).send().fault()).isEqualTo(AccessFaults.SIGNATURE_EXPIRED);
        now = Instant.ofEpochSecond(NOW + 1);
        assertThat(get(tester, LINES, parameters(COVERED, NOW + 1, null)).send().fault()).isNull();
        assertThat(get(tester()).send().fault()).isNull();
        assertThat(get(tester()).send().fault()).isNull();
    }

    // Keys.

    @ParameterizedTest
    @CsvSource({"ED25519, Ed25519, Ed25519, 0", "ECDSA_P256_SHA256, EC, SHA256withECDSAinP1363Format, 256",
        "ECDSA_P384_SHA384, EC, SHA384withECDSAinP1363Format, 384", "RSA_PSS_SHA512, RSA, RSASSA-PSS, 2048",
        "RSA_V1_5_SHA256, RSA, SHA256withRSA, 2048"})
    void everyAlgorithmIsUnderstoodByItsKeyAlone(Algorithm algorithm, String kind, String java, int bits)
            throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
        if (bits > 0) {
            generator.initialize(bits);
        }
        KeyPair pair = generator.generateKeyPair();
        String pem = "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(pair.getPublic()
                .getEncoded()) + "\n-----END PUBLIC KEY-----\n";
        PolicyTester tester = tester(config("@method", "@target-uri"),
                new SigningKeyConfig("k1", algorithm, null, pem), secret("k2", SECRET));
        String parameters = parameters(COVERED, NOW, ";alg=\"" + algorithm.id() + "\"");
        Signature signer = Signature.getInstance(java);
        if (java.equals("RSASSA-PSS")) {
            signer.setParameter(new PSSParameterSpec("SHA-512", "MGF1", MGF1ParameterSpec.SHA512, 64, 1));
        }
        signer.initSign(pair.getPrivate());
        signer.update((LINES + "\"@signature-params\": " + parameters).getBytes(StandardCharsets.US_ASCII));
        byte[] signature = signer.sign();

        assertThat(send(tester, parameters, signature).fault()).isNull();
        signature[3] ^= 1;
        assertThat(send(tester, parameters, signature).fault()).isEqualTo(AccessFaults.SIGNATURE_INVALID);
        assertThat(send(tester, parameters, new byte[0]).fault()).isEqualTo(AccessFaults.SIGNATURE_INVALID);
        // The public key as a secret: the algorithm belongs to the key, whatever is asked for.
        String confused = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
        String asHmac = parameters(COVERED, NOW, null);
        assertThat(tester.get("/a?b=c").header("signature-input", "sig1=" + asHmac).header("signature",
                "sig1=" + hmac(confused, LINES + "\"@signature-params\": " + asHmac)).send().fault())
                .isEqualTo(AccessFaults.SIGNATURE_INVALID);
    }

    @Test
    void nobodyLearnsWhichKeysThereAreByNamingAnotherAlgorithm() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        String pem = "-----BEGIN PUBLIC KEY-----\n" + Base64.getEncoder().encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
        PolicyTester tester = tester(config("@method", "@target-uri"),
                new SigningKeyConfig("k1", Algorithm.ED25519, null, pem));
        String known = parameters(COVERED, NOW, ";alg=\"rsa-v1_5-sha256\"");

        for (String parameters : List.of(known, known.replace("k1", "k2"))) {
            TesterResult result = send(tester, parameters, new byte[64]);

            assertThat(result.fault()).isEqualTo(AccessFaults.SIGNATURE_INVALID);
            assertThat(result.steps().getFirst().decision()).as(parameters).isInstanceOf(Decision.Await.class);
        }
    }

    private static TesterResult send(PolicyTester tester, String parameters, byte[] signature) {
        return tester.get("/a?b=c").header("signature-input", "sig1=" + parameters).header("signature",
                "sig1=:" + Base64.getEncoder().encodeToString(signature) + ":").send();
    }

    @ParameterizedTest
    @ValueSource(strings = {"c2hvcnQ=", "not base64 but secret!", ""})
    void aSecretThatIsTooShortOrNoneIsFoundAtLoadAndNotShown(String secret) {
        assertThatThrownBy(() -> tester(config("@method"), secret("k1", secret))).isInstanceOf(ConfigException.class)
                .hasMessageContaining("'k1'").hasMessageContaining("'shop'").hasMessageNotContaining("c2hvcnQ")
                .hasMessageNotContaining("but secret");
    }

    @Test
    void aPublicKeyThatIsNoneIsFoundAtLoad() {
        assertThatThrownBy(() -> tester(config("@method"),
                new SigningKeyConfig("k1", Algorithm.ED25519, null, "no key"))).isInstanceOf(ConfigException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"@status", "Date", "a b", "@query-param", ""})
    void aComponentThatCanNotBeAskedForIsFoundAtLoad(String name) {
        assertThatThrownBy(() -> config(name)).isInstanceOf(ConfigException.class);
    }
}
