package io.tidegate.identity.token;

import static io.tidegate.identity.TestIssuer.encode;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.identity.TestIssuer;
import io.tidegate.identity.keys.IssuerKeys;
import io.tidegate.identity.keys.JsonWebKeys;
import io.tidegate.identity.keys.KeySet;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Tokens that are not what they seem, and the fault by which each is refused.
class HostileTokensTest {

    private static final int MOST_CHARACTERS = 8192;
    private static final long NOW = 1_800_000_000;
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(NOW));
    private static final TestIssuer RSA = TestIssuer.of("rsa", "RS256");
    private static final TestIssuer EC = TestIssuer.of("ec", "ES256");
    private static final TestIssuer ED = TestIssuer.of("ed", "EdDSA");
    private static final TestIssuer STRANGER = TestIssuer.of("rsa", "RS256");
    private static final KeySet KEYS = JsonWebKeys.configured(TestIssuer.jwks(RSA, EC, ED), TokenRules.PUBLIC);
    private static final String GOOD = payload("");
    private static final String IN_TIME = "\"exp\":" + (NOW + 60);
    private static final String NAMES = "\"iss\":\"" + TestIssuer.NAME + "\",\"aud\":\"orders\"";

    /// A token and the fault that it meets.
    record Hostile(String name, String fault, String token) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static String payload(String more) {
        return "{\"iss\":\"" + TestIssuer.NAME + "\",\"aud\":\"orders\",\"sub\":\"ann\",\"role\":\"user\",\"exp\":"
                + (NOW + 60) + more + "}";
    }

    private static TokenVerifier verifier() {
        TokenRules rules = new TokenRules(Set.copyOf(TokenRules.PUBLIC), TestIssuer.NAME, Set.of("orders", "billing"),
                null, Map.of("role", Set.of("user", "admin")), Duration.ofSeconds(30), MOST_CHARACTERS);
        return new TokenVerifier(IssuerKeys.given(KEYS), rules, CLOCK);
    }

    private static String fault(TokenResult result) {
        return result instanceof TokenResult.Bad(var fault) ? fault.code() : "none";
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void isRefused(Hostile hostile) {
        assertThat(fault(verifier().verify(hostile.token()))).isEqualTo(hostile.fault());
    }

    @Test
    void whatIsGoodIsTaken() {
        TokenVerifier verifier = verifier();
        for (String token : List.of(RSA.token(GOOD), EC.token(GOOD), ED.token(GOOD),
                RSA.sign("{\"alg\":\"RS256\"}", GOOD),
                RSA.sign("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"typ\":\"application/at+JWT\"}", GOOD),
                ED.sign("{\"alg\":\"Ed25519\",\"kid\":\"ed\"}", GOOD),
                RSA.token(payload(",\"nbf\":" + (NOW + 30) + ",\"iat\":" + (NOW + 30))),
                RSA.token(GOOD.replace(IN_TIME, "\"exp\":" + (NOW - 29) + ".5")),
                RSA.token(GOOD.replace("\"orders\"", "[\"x\",\"billing\"]")),
                RSA.token(GOOD.replace("\"user\"", "[\"guest\",\"admin\"]")), RSA.token(payload(",\"x\":null")),
                // Keys and addresses of keys in the header lead to nothing, and hurt nobody (RFC 8725 section 3.10).
                RSA.sign("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"jku\":\"http://127.0.0.1:1/\",\"jwk\":"
                        + STRANGER.jwk() + "}", GOOD))) {
            assertThat(verifier.verify(token)).isInstanceOf(TokenResult.Good.class);
        }
    }

    @Test
    void thereAreManyOfThem() {
        assertThat(hostile().map(Hostile::name).distinct()).hasSizeGreaterThanOrEqualTo(60);
    }

    static Stream<Hostile> hostile() {
        return Stream.of(algorithms(), headers(), signatures(), spellings(), json(), claims(), times())
                .flatMap(List::stream);
    }

    private static Hostile header(String name, String fault, String header) {
        return new Hostile(name, fault, RSA.sign(header, GOOD));
    }

    private static Hostile claims(String name, String fault, String payload) {
        return new Hostile(name, fault, RSA.token(payload));
    }

    private static List<Hostile> algorithms() {
        String plain = "." + encode(GOOD) + ".";
        String hs = "{\"alg\":\"HS256\",\"kid\":\"rsa\"}";
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(RSA.pair().getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
        return List.of(new Hostile("alg none", "jwt.alg", encode("{\"alg\":\"none\"}") + plain),
                new Hostile("alg None", "jwt.alg", encode("{\"alg\":\"None\"}") + plain),
                new Hostile("alg nOnE", "jwt.alg", encode("{\"alg\":\"nOnE\",\"kid\":\"rsa\"}") + plain),
                new Hostile("alg none, signed", "jwt.alg", RSA.sign("{\"alg\":\"none\",\"kid\":\"rsa\"}", GOOD)),
                new Hostile("alg empty", "jwt.alg", RSA.sign("{\"alg\":\"\",\"kid\":\"rsa\"}", GOOD)),
                header("alg missing", "jwt.alg", "{\"kid\":\"rsa\"}"),
                header("alg null", "jwt.alg", "{\"alg\":null,\"kid\":\"rsa\"}"),
                header("alg a number", "jwt.alg", "{\"alg\":256,\"kid\":\"rsa\"}"),
                header("alg a list", "jwt.alg", "{\"alg\":[\"RS256\"],\"kid\":\"rsa\"}"),
                header("alg in lower case", "jwt.alg", "{\"alg\":\"rs256\",\"kid\":\"rsa\"}"),
                header("alg with a space", "jwt.alg", "{\"alg\":\"RS256 \",\"kid\":\"rsa\"}"),
                header("alg unknown", "jwt.alg", "{\"alg\":\"RS1\",\"kid\":\"rsa\"}"),
                header("alg of another curve", "jwt.alg", "{\"alg\":\"ES256K\",\"kid\":\"rsa\"}"),
                header("alg of encryption", "jwt.alg", "{\"alg\":\"PBES2-HS256+A128KW\",\"p2c\":10000000}"),
                new Hostile("HS256 with the PEM", "jwt.alg", hmac(hs, pem.getBytes(StandardCharsets.UTF_8))),
                new Hostile("HS256 with the DER", "jwt.alg", hmac(hs, RSA.pair().getPublic().getEncoded())),
                new Hostile("HS256 with the JWK", "jwt.alg", hmac(hs, RSA.jwk().getBytes(StandardCharsets.UTF_8))),
                header("PS256 by a key for RS256", "jwt.alg", "{\"alg\":\"PS256\",\"kid\":\"rsa\"}"),
                header("ES256 by a key for RS256", "jwt.alg", "{\"alg\":\"ES256\",\"kid\":\"rsa\"}"),
                header("RS256 by a key for ES256", "jwt.alg", "{\"alg\":\"RS256\",\"kid\":\"ec\"}"));
    }

    private static String hmac(String header, byte[] secret) {
        String signed = encode(header) + "." + encode(GOOD);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return signed + "." + encode(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Hostile> headers() {
        String own = "{\"alg\":\"RS256\",\"kid\":\"rsa\",";
        return List.of(
                new Hostile("key of its own", "jwt.signature",
                        STRANGER.sign(own + "\"jwk\":" + STRANGER.jwk() + "}", GOOD)),
                new Hostile("key of its own and no name", "jwt.signature",
                        STRANGER.sign("{\"alg\":\"RS256\",\"jwk\":" + STRANGER.jwk() + "}", GOOD)),
                new Hostile("certificate of its own", "jwt.signature",
                        STRANGER.sign(own + "\"x5c\":[\"MIIB\"]}", GOOD)),
                new Hostile("address of keys", "jwt.signature",
                        STRANGER.sign(own + "\"jku\":\"http://169.254.169.254/\"}", GOOD)),
                new Hostile("address of certificates", "jwt.signature",
                        STRANGER.sign(own + "\"x5u\":\"http://169.254.169.254/\"}", GOOD)),
                header("kid a path", "jwt.key", "{\"alg\":\"RS256\",\"kid\":\"../../dev/null\"}"),
                header("kid of SQL", "jwt.key", "{\"alg\":\"RS256\",\"kid\":\"' OR 1=1 --\"}"),
                header("kid in another case", "jwt.key", "{\"alg\":\"RS256\",\"kid\":\"RSA\"}"),
                header("kid with NUL", "jwt.key", "{\"alg\":\"RS256\",\"kid\":\"rsa\\u0000\"}"),
                header("kid empty", "jwt.key", "{\"alg\":\"RS256\",\"kid\":\"\"}"),
                header("kid a number", "jwt.header", "{\"alg\":\"RS256\",\"kid\":1}"),
                header("kid an object", "jwt.header", "{\"alg\":\"RS256\",\"kid\":{}}"),
                header("kid of 257", "jwt.header", "{\"alg\":\"RS256\",\"kid\":\"" + "k".repeat(257) + "\"}"),
                header("kid of 4 KiB", "jwt.header", "{\"alg\":\"RS256\",\"kid\":\"" + "k".repeat(4096) + "\"}"),
                header("crit unknown", "jwt.header", own + "\"crit\":[\"x\"],\"x\":1}"),
                header("crit empty", "jwt.header", own + "\"crit\":[]}"),
                header("crit of exp", "jwt.header", own + "\"crit\":[\"exp\"],\"exp\":1}"),
                header("payload as it is", "jwt.header", own + "\"b64\":false,\"crit\":[\"b64\"]}"),
                header("b64 alone", "jwt.header", own + "\"b64\":false}"),
                header("typ of a proof", "jwt.type", own + "\"typ\":\"dpop+jwt\"}"),
                header("typ of a logout", "jwt.type", own + "\"typ\":\"logout+jwt\"}"),
                header("typ a number", "jwt.header", own + "\"typ\":1}"));
    }

    private static List<Hostile> signatures() {
        String rs = RSA.token(GOOD);
        String es = EC.token(GOOD);
        String unsigned = rs.substring(0, rs.lastIndexOf('.') + 1);
        String unsignedEc = es.substring(0, es.lastIndexOf('.') + 1);
        byte[] order = HexFormat.of()
                .parseHex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
        byte[] twice = new byte[64];
        System.arraycopy(order, 0, twice, 0, 32);
        System.arraycopy(order, 0, twice, 32, 32);
        return List.of(new Hostile("no signature", "jwt.signature", unsigned),
                new Hostile("signature of a stranger", "jwt.signature", STRANGER.token(GOOD)),
                new Hostile("another payload", "jwt.signature",
                        rs.replace(encode(GOOD), encode(GOOD.replace("\"ann\"", "\"bob\"")))),
                new Hostile("another header", "jwt.signature",
                        rs.replace(encode(RSA.header()), encode("{\"alg\":\"RS256\",\"kid\":\"rsa\"}"))),
                new Hostile("signature cut off", "jwt.signature", rs.substring(0, rs.length() - 2)),
                new Hostile("signature of one byte", "jwt.signature", unsigned + "AA"),
                new Hostile("r and s of zero", "jwt.signature", unsignedEc + encode(new byte[64])),
                new Hostile("r and s of the order", "jwt.signature", unsignedEc + encode(twice)),
                new Hostile("signature of 132 bytes", "jwt.signature", unsignedEc + encode(new byte[132])),
                new Hostile("Ed25519 of zeros", "jwt.signature",
                        ED.token(GOOD).substring(0, ED.token(GOOD).lastIndexOf('.') + 1) + encode(new byte[64])));
    }

    private static List<Hostile> spellings() {
        String good = RSA.token(GOOD);
        List<Hostile> spelled = new ArrayList<>();
        for (String other : List.of("", ".", "..", "...", "a", "a.b", "null", "Bearer", "{}", ".e30.e30", "e30.e30",
                good + ".", "." + good, good + ".e30.e30", good.replace(".", ".."), good + "=", good + "==", good + " ",
                " " + good, good + "\n", good.replace(".", ". "), good + "%", good + "\u00e4", good + "*",
                good.replaceFirst("\\.", ","))) {
            spelled.add(new Hostile("spelled " + spelled.size(), "jwt.malformed", other));
        }
        String header = "{\"alg\":\"RS256\",\"kid\":\"rsa\"} ";
        spelled.add(new Hostile("bits that are lost", "jwt.malformed",
                RSA.signParts(encode(header).substring(0, encode(header).length() - 1) + "B", encode(GOOD))));
        spelled.add(new Hostile("one character too many", "jwt.malformed",
                RSA.signParts(encode(RSA.header()) + "A".repeat(5 - encode(RSA.header()).length() % 4), encode(GOOD))));
        spelled.add(new Hostile("base64 of another kind", "jwt.malformed",
                RSA.signParts(encode(RSA.header()), encode(payload(",\"x\":\"\u07ff\u07fe\u07ff?>?>\"")) + "+/")));
        spelled.add(new Hostile("encrypted", "jwt.malformed",
                encode("{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\",\"zip\":\"DEF\",\"p2c\":10000000,"
                        + "\"p2s\":\"AAAA\"}") + ".AAAA.AAAA.AAAA.AAAA"));
        spelled.add(
                new Hostile("of 64 KiB", "jwt.too_large", RSA.token(payload(",\"x\":\"" + "x".repeat(65_536) + '"'))));
        spelled.add(new Hostile("of dots", "jwt.too_large", ".".repeat(100_000)));
        return spelled;
    }

    private static List<Hostile> json() {
        String own = "{\"alg\":\"RS256\",\"kid\":\"rsa\"";
        return List.of(header("alg twice", "jwt.malformed", "{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"rsa\"}"),
                header("kid twice", "jwt.malformed", own + ",\"kid\":\"ec\"}"),
                header("alg twice by an escape", "jwt.malformed", own + ",\"\\u0061lg\":\"RS256\"}"),
                header("a comment", "jwt.malformed", own + "/**/}"),
                header("a comma too many", "jwt.malformed", own + ",}"),
                header("text behind", "jwt.malformed", own + "}{}"),
                header("a list", "jwt.malformed", "[" + own + "}]"),
                header("a byte order mark", "jwt.malformed", "\ufeff" + own + "}"),
                claims("sub twice", "jwt.malformed", payload(",\"sub\":\"bob\"")),
                claims("sub twice, once null", "jwt.malformed", payload(",\"sub\":null")),
                claims("a name twice inside", "jwt.malformed", payload(",\"x\":{\"a\":1,\"a\":2}")),
                claims("17 levels", "jwt.malformed", payload(",\"x\":" + "[".repeat(16) + "]".repeat(16))),
                claims("1,000 levels", "jwt.malformed", payload(",\"x\":" + "[".repeat(1000) + "]".repeat(1000))),
                claims("half a surrogate pair", "jwt.malformed", payload(",\"x\":\"\\ud800\"")),
                claims("a control character", "jwt.malformed", payload(",\"x\":\"a\nb\"")),
                claims("a number that is none", "jwt.malformed", payload(",\"x\":NaN")),
                claims("a number too large", "jwt.malformed", payload(",\"x\":1e999999")),
                claims("a leading zero", "jwt.malformed", payload(",\"x\":01")),
                claims("no object", "jwt.malformed", "\"text\""), claims("nothing", "jwt.malformed", ""),
                new Hostile("no UTF-8", "jwt.malformed",
                        RSA.signParts(encode(RSA.header()),
                                encode(new byte[]{'{', '"', (byte) 0xc0, (byte) 0x80, '"'}))),
                new Hostile("a token in a token", "jwt.malformed", RSA.token(RSA.token(GOOD))));
    }

    private static List<Hostile> claims() {
        String rest = ",\"sub\":\"ann\",\"role\":\"user\"," + IN_TIME + "}";
        return List.of(claims("no iss", "jwt.issuer", "{\"aud\":\"orders\"" + rest),
                claims("iss of another", "jwt.issuer",
                        "{\"iss\":\"https://id.example.com/\",\"aud\":\"orders\"" + rest),
                claims("iss a list", "jwt.issuer", "{\"iss\":[\"" + TestIssuer.NAME + "\"],\"aud\":\"orders\"" + rest),
                claims("no aud", "jwt.audience", "{\"iss\":\"" + TestIssuer.NAME + "\"" + rest),
                claims("aud null", "jwt.audience", "{\"iss\":\"" + TestIssuer.NAME + "\",\"aud\":null" + rest),
                claims("aud of another", "jwt.audience", GOOD.replace("\"orders\"", "\"Orders\"")),
                claims("aud a list of others", "jwt.audience", GOOD.replace("\"orders\"", "[\"a\",\"b\"]")),
                claims("aud an empty list", "jwt.audience", GOOD.replace("\"orders\"", "[]")),
                claims("aud a list inside", "jwt.audience", GOOD.replace("\"orders\"", "[[\"orders\"]]")),
                claims("aud an object", "jwt.audience", GOOD.replace("\"orders\"", "{\"orders\":1}")),
                claims("aud with a space", "jwt.audience", GOOD.replace("\"orders\"", "\"orders billing\"")),
                claims("no role", "jwt.claim", "{" + NAMES + "," + IN_TIME + "}"),
                claims("another role", "jwt.claim", GOOD.replace("\"user\"", "\"guest\"")),
                claims("role an object", "jwt.claim", GOOD.replace("\"user\"", "{\"user\":1}")));
    }

    private static List<Hostile> times() {
        return List.of(claims("no exp", "jwt.expired", "{" + NAMES + "}"),
                claims("exp null", "jwt.expired", GOOD.replace(IN_TIME, "\"exp\":null")),
                claims("exp 31 s ago", "jwt.expired", GOOD.replace(IN_TIME, "\"exp\":" + (NOW - 31))),
                claims("exp at the leeway", "jwt.expired", GOOD.replace(IN_TIME, "\"exp\":" + (NOW - 30))),
                claims("exp zero", "jwt.expired", GOOD.replace(IN_TIME, "\"exp\":0")),
                claims("exp a text", "jwt.malformed", GOOD.replace(IN_TIME, "\"exp\":\"" + (NOW + 60) + "\"")),
                claims("exp below zero", "jwt.malformed", GOOD.replace(IN_TIME, "\"exp\":-1")),
                claims("exp in milliseconds", "jwt.malformed", GOOD.replace(IN_TIME, "\"exp\":" + NOW + "000")),
                claims("exp of the far future", "jwt.malformed", GOOD.replace(IN_TIME, "\"exp\":1e30")),
                claims("exp true", "jwt.malformed", GOOD.replace(IN_TIME, "\"exp\":true")),
                claims("nbf in 31 s", "jwt.not_yet", payload(",\"nbf\":" + (NOW + 31))),
                claims("nbf a text", "jwt.malformed", payload(",\"nbf\":\"now\"")),
                claims("iat in 31 s", "jwt.not_yet", payload(",\"iat\":" + (NOW + 31))));
    }
}
