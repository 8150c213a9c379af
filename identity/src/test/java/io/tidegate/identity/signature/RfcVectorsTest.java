package io.tidegate.identity.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.ByteSize;
import io.tidegate.config.ConsumerConfig.Algorithm;
import io.tidegate.config.ConsumerConfig.SigningKeyConfig;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterRequest;
import io.tidegate.testkit.TesterResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// The examples of RFC 9421 (appendix B.2) with its keys (B.1).
class RfcVectorsTest extends HmacFixture {

    private static final SigningKeyConfig SHARED = secret("test-shared-secret",
            "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==");
    private static final SigningKeyConfig ED25519 = new SigningKeyConfig("test-key-ed25519", Algorithm.ED25519, null,
            """
                    -----BEGIN PUBLIC KEY-----
                    MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
                    -----END PUBLIC KEY-----
                    """);
    private static final SigningKeyConfig RSA_PSS = new SigningKeyConfig("test-key-rsa-pss", Algorithm.RSA_PSS_SHA512,
            null, """
                    -----BEGIN PUBLIC KEY-----
                    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
                    +QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
                    oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
                    gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
                    Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
                    aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
                    2wIDAQAB
                    -----END PUBLIC KEY-----
                    """);
    private static final String DIGEST = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyeal"
            + "dVLvRwEmTHWXvJwew==:";

    private TesterResult send(SigningKeyConfig key, String input, String signature, String... components) {
        now = Instant.ofEpochSecond(1618884473 + 60);
        HmacConfig config = new HmacConfig(List.of(components), false, new ByteSize(1024), Duration.ofMinutes(5),
                Duration.ofSeconds(30), false, null, null, "api", false);
        PolicyTester tester = tester(config, key);
        TesterRequest request = tester.post("/foo?param=Value&Pet=dog").authority("example.com")
                .header("date", "Tue, 20 Apr 2021 02:07:55 GMT").header("content-type", "application/json")
                .header("content-digest", DIGEST).header("signature-input", input).header("signature", signature)
                .body("{\"hello\": \"world\"}");
        return request.send();
    }

    @Test
    void hmacWithSha256() {
        String input = "sig-b25=(\"date\" \"@authority\" \"content-type\");created=1618884473;"
                + "keyid=\"test-shared-secret\"";

        assertThat(Objects.requireNonNull(
                send(SHARED, input, "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:", "date").principal())
                .name()).isEqualTo("shop");
        assertThat(send(SHARED, input, "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtF8=:", "date").fault())
                .isEqualTo(AccessFaults.SIGNATURE_INVALID);
    }

    @Test
    void ed25519() {
        TesterResult result = send(ED25519,
                "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\");"
                        + "created=1618884473;keyid=\"test-key-ed25519\"",
                "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
                "@method", "@path", "@authority");

        assertThat(result.fault()).isNull();
    }

    @Test
    void rsaPssWithSha512OverNothingAndANonce() {
        TesterResult result = send(RSA_PSS,
                "sig-b21=();created=1618884473;keyid=\"test-key-rsa-pss\";nonce=\"b3k2pp5k7z-50gnwp.yemd\"",
                "sig-b21=:d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx"
                        + "7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQK"
                        + "hO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gC"
                        + "w1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==:");

        assertThat(result.fault()).isNull();
    }
}
