package io.tidegate.identity.signature;

import io.tidegate.api.ByteSize;
import io.tidegate.config.ConsumerConfig;
import io.tidegate.config.ConsumerConfig.Algorithm;
import io.tidegate.config.ConsumerConfig.SigningKeyConfig;
import io.tidegate.engine.consumer.DeclaredConsumers;
import io.tidegate.testkit.PolicyTester;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/// Testers of `hmac` with a clock, and signatures made by hand.
abstract class HmacFixture {

    static final String SECRET = Base64.getEncoder().encodeToString("0123456789abcdef0123456789abcdef".getBytes(
            StandardCharsets.US_ASCII));
    static final long NOW = 1_800_000_000;

    Instant now = Instant.ofEpochSecond(NOW);
    private final List<PolicyTester> opened = new ArrayList<>();

    @AfterEach
    void closeTesters() {
        opened.forEach(PolicyTester::close);
    }

    static HmacConfig config(String... components) {
        return new HmacConfig(List.of(components), true, new ByteSize(1 << 20), Duration.ofMinutes(5),
                Duration.ofSeconds(30), false, null, null, "api", false);
    }

    static SigningKeyConfig secret(String id, String secret) {
        return new SigningKeyConfig(id, Algorithm.HMAC_SHA256, secret, null);
    }

    PolicyTester tester(HmacConfig config, SigningKeyConfig... keys) {
        DeclaredConsumers consumers = new DeclaredConsumers(Map.of("shop",
                new ConsumerConfig(List.of(), List.of(), null, List.of(), List.of(keys), Set.of("partners"),
                        null)));
        PolicyTester tester = PolicyTester.at(() -> now).knowing(consumers).then(new HmacFactory(), config);
        opened.add(tester);
        return tester;
    }

    PolicyTester tester() {
        return tester(config("@method", "@target-uri"), secret("k1", SECRET));
    }

    /// The HMAC of a signature base, as a byte sequence.
    static String hmac(String secret, String base) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret), "HmacSHA256"));
            return ":" + Base64.getEncoder().encodeToString(mac.doFinal(base.getBytes(StandardCharsets.ISO_8859_1)))
                    + ":";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What `Signature-Input` says, without the label.
    static String parameters(String covered, long created, @Nullable String more) {
        return "(" + covered + ");created=" + created + ";keyid=\"k1\"" + (more == null ? "" : more);
    }
}
