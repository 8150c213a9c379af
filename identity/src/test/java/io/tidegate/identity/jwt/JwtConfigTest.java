package io.tidegate.identity.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.ConfigException;
import io.tidegate.api.FilePath;
import io.tidegate.api.PolicyFactory.Trait;
import io.tidegate.identity.TestContext;
import io.tidegate.identity.TestIssuer;
import io.tidegate.identity.keys.SignatureAlgorithm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JwtConfigTest {

    private static final String SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private static final String KEYS = TestIssuer.of("key", "ES256").jwk();

    @ParameterizedTest
    @MethodSource("wrong")
    void whatCantBeMeantIsRefused(String component, String says, Consumer<Settings> change) {
        Settings settings = Settings.with(KEYS);
        change.accept(settings);

        assertThatThrownBy(() -> new JwtFactory().create(settings.config(), new TestContext()))
                .isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.component()).isEqualTo(component))
                .hasMessageContaining(says);
    }

    private static Arguments wrong(String component, String says, Consumer<Settings> change) {
        return Arguments.of(component, says, change);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(wrong("issuer", "must be", s -> s.issuer = " "),
                wrong("issuer", "must be a URL", s -> {
                    s.keys = null;
                    s.issuer = "shop";
                }), wrong("audience", "must name", s -> s.audience = new OneOfConfig(List.of())),
                wrong("", "at most one of", s -> s.secret = SECRET),
                wrong("", "at most one of", s -> s.jwksUri = "https://id.example.com/jwks"),
                wrong("algorithms", "only with a 'secret'", s -> s.algorithms = List.of(SignatureAlgorithm.HS256)),
                wrong("algorithms", "beside a 'secret'", s -> {
                    s.keys = null;
                    s.secret = SECRET;
                    s.algorithms = List.of(SignatureAlgorithm.HS256, SignatureAlgorithm.RS256);
                }), wrong("secret", "at least 48 bytes", s -> {
                    s.keys = null;
                    s.secret = SECRET;
                    s.algorithms = List.of(SignatureAlgorithm.HS384);
                }), wrong("secret", "must be base64", s -> {
                    s.keys = null;
                    s.secret = "not base64!";
                }), wrong("keys", "must have a public key", s -> s.keys = "text"),
                wrong("keys", "JWKS", s -> s.keys = "{"), wrong("keysFile", "can't be read", s -> {
                    s.keys = null;
                    s.keysFile = FilePath.of("/does/not/exist");
                }), wrong("jwksUri", "must be a URL", s -> {
                    s.keys = null;
                    s.jwksUri = "file:///etc/passwd";
                }), wrong("header", "must be a name", s -> s.header = "a b"),
                wrong("cookie", "must be a name", s -> s.cookie = "a=b"),
                wrong("leeway", "0s to 120s", s -> s.leeway = Duration.ofSeconds(121)),
                wrong("claimsToHeaders", "must be a name", s -> s.claimsToHeaders = Map.of("sub", "X User")),
                wrong("claimsToHeaders", "twice", s -> s.claimsToHeaders = Map.of("sub", "X-User", "id", "x-user")),
                wrong("claimsToHeaders", "has the token", s -> s.claimsToHeaders = Map.of("sub", "authorization")),
                wrong("realm", "visible ASCII", s -> s.realm = "a\nb"));
    }

    @Test
    void keysMayStandInAFile(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("keys.json");
        Files.writeString(file, "{\"keys\":[" + KEYS + "]}");
        Settings settings = new Settings();
        settings.keysFile = FilePath.of(file.toString());

        new JwtFactory().create(settings.config(), new TestContext()).close();
    }

    @Test
    void itFindsOutWhoCallsAndMayLetNobodyPass() {
        Settings settings = Settings.with(KEYS);
        JwtFactory factory = new JwtFactory();
        assertThat(factory.provides()).containsExactly(Trait.CONSUMER);
        assertThat(factory.isOptional(settings.config())).isFalse();
        settings.optional = true;
        assertThat(factory.isOptional(settings.config())).isTrue();
    }

    @Test
    void aValueMayBeATextANumberOrATruthValue() {
        assertThat(OneOfConfig.of(7).oneOf()).containsExactly("7");
        assertThat(OneOfConfig.of(true).oneOf()).containsExactly("true");
    }
}
