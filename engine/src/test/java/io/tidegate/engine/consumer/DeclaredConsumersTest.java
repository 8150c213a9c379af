package io.tidegate.engine.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Consumer;
import io.tidegate.api.Consumers.ApiKey;
import io.tidegate.api.FilePath;
import io.tidegate.api.Identity;
import io.tidegate.config.ConsumerConfig;
import io.tidegate.config.ConsumerConfig.ApiKeyConfig;
import io.tidegate.config.ConsumerConfig.PasswordConfig;
import io.tidegate.config.ConsumerConfig.SigningKeyConfig;
import io.tidegate.config.IdentityConfig;
import io.tidegate.config.IdentityConfig.CertificateIdentityConfig;
import io.tidegate.config.IdentityConfig.TokenIdentityConfig;
import io.tidegate.config.TimestampConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What consumers are known by.
class DeclaredConsumersTest {

    private static byte[] sha256(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ApiKeyConfig key(String key) {
        return new ApiKeyConfig(HexFormat.of().formatHex(sha256(key)), key, null, TimestampConfig.of("2027-01-31"));
    }

    @Test
    void aConsumerIsFoundByEverythingThatItIsKnownBy() {
        IdentityConfig token = new IdentityConfig(new TokenIdentityConfig("https://id.example.com", "acme"), null,
                null);
        IdentityConfig host = new IdentityConfig(null,
                new CertificateIdentityConfig(null, "Orders.Example.com", null, null, null), null);
        DeclaredConsumers consumers = new DeclaredConsumers(Map.of("acme",
                new ConsumerConfig(List.of(token, host), List.of(key("k1")), null,
                        List.of(new PasswordConfig("user", "$2b$hash")),
                        List.of(new SigningKeyConfig("s1", ConsumerConfig.Algorithm.HMAC_SHA256, "c2VjcmV0", null)),
                        Set.of("partners"), null)));
        Consumer acme = new Consumer("acme", Set.of("partners"));

        assertThat(consumers.named("acme")).isEqualTo(acme);
        assertThat(consumers.named("other")).isNull();
        assertThat(consumers.identified(Identity.token("https://id.example.com", "acme"))).isEqualTo(acme);
        assertThat(consumers.identified(Identity.token("https://id.example.org", "acme"))).isNull();
        assertThat(consumers.identified(new Identity(Identity.Kind.CERTIFICATE_DNS, "", "orders.example.com")))
                .isEqualTo(acme);
        assertThat(consumers.apiKey(sha256("k1")))
                .isEqualTo(new ApiKey(acme, "k1", null, Instant.parse("2027-01-31T00:00:00Z")));
        assertThat(consumers.password("user")).isNotNull()
                .satisfies(found -> assertThat(found.toString()).doesNotContain("$2b$"));
        assertThat(consumers.signingKey("s1")).isNotNull()
                .satisfies(found -> assertThat(found.toString()).doesNotContain("c2VjcmV0"));
        assertThat(consumers.password("acme")).isNull();
        assertThat(consumers.signingKey("s2")).isNull();
    }

    @Test
    void everyKeyOfManyIsFoundAndNoOther() {
        Consumer owner = new Consumer("owner", Set.of());
        KeyTable table = new KeyTable();
        assertThat(table.find(sha256("key1"))).isNull();
        for (int i = 0; i < 10_000; i++) {
            assertThat(table.add(sha256("key" + i), new ApiKey(owner, "key" + i, null, null))).isNull();
        }
        assertThat(table.add(sha256("key7"), new ApiKey(owner, "again", null, null))).isNotNull()
                .extracting(ApiKey::name).isEqualTo("key7");

        for (int i = 0; i < 10_000; i++) {
            ApiKey found = Objects.requireNonNull(table.find(sha256("key" + i)));
            assertThat(found.name()).isEqualTo("key" + i);
            byte[] other = sha256("key" + i);
            other[31] ^= 1;
            assertThat(table.find(other)).as("a hash that differs in its last bit").isNull();
        }
    }

    @Test
    void keysOfAFileAreFoundWithWhatIsSaidOfThem(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("keys.txt"), "# keys of the shop\n" + hex("k1") + "\n\n"
                + hex("k2") + " name=web  expires=2028-01-31 notBefore=2027-01-31T12:00:00Z\n");
        DeclaredConsumers consumers = new DeclaredConsumers(Map.of("shop", of(file)));
        Consumer shop = new Consumer("shop", Set.of());

        assertThat(consumers.apiKey(sha256("k1"))).isEqualTo(new ApiKey(shop, "", null, null));
        assertThat(consumers.apiKey(sha256("k2"))).isEqualTo(new ApiKey(shop, "web",
                Instant.parse("2027-01-31T12:00:00Z"), Instant.parse("2028-01-31T00:00:00Z")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            abc                       | line 2 must begin with the SHA-256 of a key
            HASH expires=tomorrow     | line 2 must be a moment such as
            HASH expired=2027-01-31   | line 2 can have name=, notBefore= and expires=
            HASH name                 | line 2 can have name=, notBefore= and expires=
            HASH notBefore=2028-01-31 expires=2027-01-31 | line 2 has a key that is never good
            K1                        | has 1 keys that stand elsewhere already""")
    void aLineThatIsWrongIsNamedAndNotShown(String line, String problem, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("keys.txt"), hex("k1") + "\n"
                + line.replace("HASH", hex("k2")).replace("K1", hex("k1")) + "\n");

        assertThatThrownBy(() -> new DeclaredConsumers(Map.of("shop", of(file))))
                .isInstanceOf(ConfigException.class).hasMessageContaining(problem)
                .message().doesNotContain(hex("k2"));
    }

    private static String hex(String key) {
        return HexFormat.of().formatHex(sha256(key));
    }

    private static ConsumerConfig of(Path file) {
        return new ConsumerConfig(List.of(), List.of(), new FilePath(file.toString()), List.of(), List.of(), Set.of(),
                null);
    }
}
