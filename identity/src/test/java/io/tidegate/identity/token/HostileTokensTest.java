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
import java.util.function.Function;
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

    /// Name, fault and header of tokens that are good otherwise.
    private static final String HEADERS = """
            alg missing               | jwt.alg       | {"kid":"rsa"}
            alg null                  | jwt.alg       | {"alg":null,"kid":"rsa"}
            alg a number              | jwt.alg       | {"alg":256,"kid":"rsa"}
            alg a list                | jwt.alg       | {"alg":["RS256"],"kid":"rsa"}
            alg none, signed          | jwt.alg       | {"alg":"none","kid":"rsa"}
            alg empty                 | jwt.alg       | {"alg":"","kid":"rsa"}
            alg in lower case         | jwt.alg       | {"alg":"rs256","kid":"rsa"}
            alg with a space          | jwt.alg       | {"alg":"RS256 ","kid":"rsa"}
            alg unknown               | jwt.alg       | {"alg":"RS1","kid":"rsa"}
            alg of another curve      | jwt.alg       | {"alg":"ES256K","kid":"rsa"}
            alg of encryption         | jwt.alg       | {"alg":"PBES2-HS256+A128KW","p2c":10000000}
            PS256 by a key for RS256  | jwt.alg       | {"alg":"PS256","kid":"rsa"}
            ES256 by a key for RS256  | jwt.alg       | {"alg":"ES256","kid":"rsa"}
            RS256 by a key for ES256  | jwt.alg       | {"alg":"RS256","kid":"ec"}
            kid a path                | jwt.key       | {"alg":"RS256","kid":"../../dev/null"}
            kid of SQL                | jwt.key       | {"alg":"RS256","kid":"' OR 1=1 --"}
            kid in another case       | jwt.key       | {"alg":"RS256","kid":"RSA"}
            kid with NUL              | jwt.key       | {"alg":"RS256","kid":"rsa\\u0000"}
            kid empty                 | jwt.key       | {"alg":"RS256","kid":""}
            kid a number              | jwt.header    | {"alg":"RS256","kid":1}
            kid an object             | jwt.header    | {"alg":"RS256","kid":{}}
            crit unknown              | jwt.header    | {"alg":"RS256","kid":"rsa","crit":["x"],"x":1}
            crit empty                | jwt.header    | {"alg":"RS256","kid":"rsa","crit":[]}
            crit of exp               | jwt.header    | {"alg":"RS256","kid":"rsa","crit":["exp"],"exp":1}
            payload as it is          | jwt.header    | {"alg":"RS256","kid":"rsa","b64":false,"crit":["b64"]}
            b64 alone                 | jwt.header    | {"alg":"RS256","kid":"rsa","b64":false}
            typ of a proof            | jwt.type      | {"alg":"RS256","kid":"rsa","typ":"dpop+jwt"}
            typ of a logout           | jwt.type      | {"alg":"RS256","kid":"rsa","typ":"logout+jwt"}
            typ a number              | jwt.header    | {"alg":"RS256","kid":"rsa","typ":1}
            alg twice                 | jwt.malformed | {"alg":"none","alg":"RS256","kid":"rsa"}
            kid twice                 | jwt.malformed | {"alg":"RS256","kid":"rsa","kid":"ec"}
            alg twice by an escape    | jwt.malformed | {"alg":"RS256","kid":"rsa","\\u0061lg":"RS256"}
            a comment                 | jwt.malformed | {"alg":"RS256","kid":"rsa"/**/}
            a comma too many          | jwt.malformed | {"alg":"RS256","kid":"rsa",}
            text behind               | jwt.malformed | {"alg":"RS256","kid":"rsa"}{}
            a list                    | jwt.malformed | [{"alg":"RS256","kid":"rsa"}]
            a byte order mark         | jwt.malformed | \ufeff{"alg":"RS256","kid":"rsa"}
            """;

    /// Name and fault of tokens, what is taken out of a good payload, and what is put in its place.
    private static final String PAYLOADS = """
            sub twice                 | jwt.malformed | "sub":"ann"      | "sub":"ann","sub":"bob"
            sub twice, once null      | jwt.malformed | "sub":"ann"      | "sub":"ann","sub":null
            a name twice inside       | jwt.malformed | "sub":"ann"      | "x":{"a":1,"a":2}
            half a surrogate pair     | jwt.malformed | "ann"            | "\\ud800"
            a control character       | jwt.malformed | "ann"            | "a\tb"
            a number that is none     | jwt.malformed | "ann"            | NaN
            a number too large        | jwt.malformed | "ann"            | 1e999999
            a leading zero            | jwt.malformed | "ann"            | 01
            no iss                    | jwt.issuer    | "iss"            | "x"
            iss of another            | jwt.issuer    | example.com      | example.com/
            iss a list                | jwt.issuer    | "@"              | ["@"]
            no aud                    | jwt.audience  | "aud"            | "x"
            aud null                  | jwt.audience  | "orders"         | null
            aud of another            | jwt.audience  | "orders"         | "Orders"
            aud a list of others      | jwt.audience  | "orders"         | ["a","b"]
            aud an empty list         | jwt.audience  | "orders"         | []
            aud a list inside         | jwt.audience  | "orders"         | [["orders"]]
            aud an object             | jwt.audience  | "orders"         | {"orders":1}
            aud with a space          | jwt.audience  | "orders"         | "orders billing"
            no role                   | jwt.claim     | "role"           | "x"
            another role              | jwt.claim     | "user"           | "guest"
            role an object            | jwt.claim     | "user"           | {"user":1}
            no exp                    | jwt.expired   | "exp"            | "x"
            exp null                  | jwt.expired   | 1800000060       | null
            exp 31 s ago              | jwt.expired   | 1800000060       | 1799999969
            exp at the leeway         | jwt.expired   | 1800000060       | 1799999970
            exp zero                  | jwt.expired   | 1800000060       | 0
            exp a text                | jwt.malformed | 1800000060       | "1800000060"
            exp below zero            | jwt.malformed | 1800000060       | -1
            exp in milliseconds       | jwt.malformed | 1800000060       | 1800000060000
            exp of the far future     | jwt.malformed | 1800000060       | 1e30
            exp true                  | jwt.malformed | 1800000060       | true
            nbf in 31 s               | jwt.not_yet   | "exp"            | "nbf":1800000031,"exp"
            nbf a text                | jwt.malformed | "exp"            | "nbf":"now","exp"
            iat in 31 s               | jwt.not_yet   | "exp"            | "iat":1800000031,"exp"
            """;

    static Stream<Hostile> hostile() {
        return Stream.of(table(HEADERS, row -> RSA.sign(row[2], GOOD)),
                table(PAYLOADS, row -> RSA.token(replaced(row[2], row[3]))), strangers(), signatures(), spellings(),
                sizes()).flatMap(List::stream);
    }

    private static List<Hostile> table(String rows, Function<String[], String> token) {
        return rows.lines().map(line -> line.split(" +\\| +", 4))
                .map(row -> new Hostile(row[0], row[1], token.apply(row))).toList();
    }

    /// A good payload but for this; `@` is the issuer.
    private static String replaced(String from, String to) {
        String changed = GOOD.replace(from.replace("@", TestIssuer.NAME), to.replace("@", TestIssuer.NAME));
        assertThat(changed).isNotEqualTo(GOOD);
        return changed;
    }

    /// Tokens that nobody has signed, or somebody else.
    private static List<Hostile> strangers() {
        String plain = "." + encode(GOOD) + ".";
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(RSA.pair().getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
        List<Hostile> made = new ArrayList<>();
        for (String none : List.of("none", "None", "nOnE")) {
            made.add(new Hostile("alg " + none, "jwt.alg", encode("{\"alg\":\"" + none + "\"}") + plain));
        }
        Map.of("PEM", pem.getBytes(StandardCharsets.UTF_8), "DER", RSA.pair().getPublic().getEncoded(), "JWK",
                RSA.jwk().getBytes(StandardCharsets.UTF_8))
                .forEach((form, secret) -> made.add(new Hostile("HS256 with the " + form, "jwt.alg", hmac(secret))));
        for (String own : List.of("", ",\"jwk\":" + STRANGER.jwk(), ",\"x5c\":[\"MIIB\"]",
                ",\"jku\":\"http://169.254.169.254/\"", ",\"x5u\":\"http://169.254.169.254/\"")) {
            made.add(new Hostile("of a stranger" + own.replaceAll(":.*", ""), "jwt.signature",
                    STRANGER.sign("{\"alg\":\"RS256\",\"kid\":\"rsa\"" + own + "}", GOOD)));
        }
        made.add(new Hostile("of a stranger, without a name", "jwt.signature",
                STRANGER.sign("{\"alg\":\"RS256\",\"jwk\":" + STRANGER.jwk() + "}", GOOD)));
        return made;
    }

    private static String hmac(byte[] secret) {
        String signed = encode("{\"alg\":\"HS256\",\"kid\":\"rsa\"}") + "." + encode(GOOD);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return signed + "." + encode(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
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

    /// What is too much of something, or too little.
    private static List<Hostile> sizes() {
        List<Hostile> made = new ArrayList<>();
        for (int length : new int[]{257, 4096}) {
            made.add(new Hostile("kid of " + length, "jwt.header",
                    RSA.sign("{\"alg\":\"RS256\",\"kid\":\"" + "k".repeat(length) + "\"}", GOOD)));
        }
        for (int levels : new int[]{16, 1000}) {
            made.add(new Hostile(levels + " levels below the first", "jwt.malformed",
                    RSA.token(payload(",\"x\":" + "[".repeat(levels) + "]".repeat(levels)))));
        }
        made.add(new Hostile("no object", "jwt.malformed", RSA.token("\"text\"")));
        made.add(new Hostile("nothing", "jwt.malformed", RSA.token("")));
        made.add(new Hostile("a token in a token", "jwt.malformed", RSA.token(RSA.token(GOOD))));
        made.add(new Hostile("no UTF-8", "jwt.malformed", RSA.signParts(encode(RSA.header()),
                encode(new byte[]{'{', '"', (byte) 0xc0, (byte) 0x80, '"'}))));
        return made;
    }
}
