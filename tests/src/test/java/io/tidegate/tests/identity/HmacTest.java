package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.RawClient;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Consumers that sign their requests.
class HmacTest extends AccessFixture {

    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    @BeforeEach
    void begin() {
        start(yaml("hmac: {}").with("consumers: { shop: { signingKeys: [{ id: k1, algorithm: hmac-sha256, secret: \""
                + Base64.getEncoder().encodeToString(SECRET) + "\" }] } }"));
    }

    private record Signed(String input, String signature, String digest) {
    }

    private static Signed sign(String target, String body, String nonce) {
        try {
            String digest = "sha-256=:" + Base64.getEncoder().encodeToString(
                    MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.US_ASCII))) + ":";
            String parameters = "(\"@method\" \"@target-uri\" \"content-digest\");created="
                    + Instant.now().getEpochSecond() + ";keyid=\"k1\";nonce=\"" + nonce + "\"";
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
            byte[] signature = mac.doFinal(("\"@method\": POST\n\"@target-uri\": http://a.test" + target
                    + "\n\"content-digest\": " + digest + "\n\"@signature-params\": " + parameters)
                    .getBytes(StandardCharsets.US_ASCII));
            return new Signed("sig1=" + parameters, "sig1=:" + Base64.getEncoder().encodeToString(signature) + ":",
                    digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String post(String target, Signed signed, String body) {
        return "POST " + target + " HTTP/1.1\r\nHost: a.test\r\nContent-Digest: " + signed.digest()
                + "\r\nSignature-Input: " + signed.input() + "\r\nSignature: " + signed.signature()
                + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @Test
    void aSignedRequestReachesTheServiceWithItsBodyAndOnce() {
        Signed signed = sign("/a?b=c", "hello", "n1");
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(post("/a?b=c", signed, "hello")).status()).isEqualTo(200);
            assertThat(client.exchange(post("/a?b=c", signed, "hello")).fault()).isEqualTo("signature.expired");
        }

        assertThat(service.request(0).body()).isEqualTo("hello");
        assertThat(service.requestCount()).isEqualTo(1);
    }

    @Test
    void anotherTargetOrBodyIsRefused() {
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(post("/a?b=d", sign("/a?b=c", "hello", "n2"), "hello")).fault())
                    .isEqualTo("signature.invalid");
            assertThat(client.exchange(post("/a?b=c", sign("/a?b=c", "hello", "n3"), "hellO")).fault())
                    .isEqualTo("signature.digest");
            assertThat(client.get("/").fault()).isEqualTo("signature.missing");
        }

        assertThat(service.requestCount()).isZero();
    }

    @Test
    void itIsTheSameOverHttp2() {
        Signed signed = sign("/a?b=c", "hello", "n4");
        try (Http2Client client = Http2Client.connect(gateway.address()).host("a.test")) {
            int stream = client.request("POST", "/a?b=c", false, "content-digest", signed.digest(), "signature-input",
                    signed.input(), "signature", signed.signature());
            client.data(stream, "hello", true);
            assertThat(client.response(stream).status()).isEqualTo(200);
        }
    }
}
