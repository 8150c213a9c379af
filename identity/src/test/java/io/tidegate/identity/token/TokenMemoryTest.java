package io.tidegate.identity.token;

import static io.tidegate.identity.TestContext.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.ByteSize;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.identity.TestContext;
import io.tidegate.identity.TestIssuer;
import io.tidegate.identity.keys.IssuerKeys;
import io.tidegate.identity.keys.KeyRefreshConfig;
import io.tidegate.identity.keys.KeySettings;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenMemoryTest {

    private static final TestIssuer FIRST = TestIssuer.of("first", "ES256");
    private static final TestIssuer SECOND = TestIssuer.of("second", "ES256");

    private final TestContext context = new TestContext();
    private IssuerKeys keys;
    private TokenVerifier verifier;
    private TokenMemory<String> memory;

    @BeforeEach
    void know() {
        context.server(_ -> answer(200, TestIssuer.jwks(FIRST, SECOND)));
        keys = IssuerKeys.at(URI.create("https://id.example.com/jwks"),
                new KeySettings(TokenRules.PUBLIC, KeyRefreshConfig.defaults(), new HttpClientConfig(
                        Duration.ofSeconds(1), Duration.ofSeconds(2), new ByteSize(256 << 10), 64, null, null, null)),
                context);
        context.run();
        verifier = new TokenVerifier(keys, TokenRules.of(TestIssuer.NAME, Set.of(), Duration.ofSeconds(30), 8192),
                context.clock());
        memory = new TokenMemory<>(keys, 100, context.clock());
    }

    private String kept(TestIssuer issuer, String subject, Duration life) {
        String token = issuer.token("{\"iss\":\"" + TestIssuer.NAME + "\",\"sub\":\"" + subject + "\",\"exp\":"
                + context.clock().instant().plus(life).getEpochSecond() + "}");
        VerifiedToken good = ((TokenResult.Good) verifier.verify(token)).token();
        memory.keep(token, good, Duration.ofSeconds(30), subject);
        return token;
    }

    @Test
    void isFoundByItsWholeTextUntilItExpires() {
        String token = kept(FIRST, "ann", Duration.ofMinutes(1));

        assertThat(memory.find("Bearer " + token, 7)).isEqualTo("ann");
        assertThat(memory.find(token + "A", 0)).isNull();
        assertThat(memory.find(token.substring(1), 0)).isNull();
        assertThat(memory.find("x".repeat(20_000), 0)).isNull();
        assertThat(memory.find((char) (token.charAt(0) + 256) + token.substring(1), 0)).isNull();
        context.advance(Duration.ofSeconds(89));
        assertThat(memory.find(token, 0)).isEqualTo("ann");
        context.advance(Duration.ofSeconds(1));
        assertThat(memory.find(token, 0)).isNull();
    }

    @Test
    void isForgottenWithItsKeyAndWithNoOther() {
        String first = kept(FIRST, "ann", Duration.ofHours(1));
        String second = kept(SECOND, "bob", Duration.ofHours(1));

        context.server(_ -> answer(200, TestIssuer.jwks(SECOND)));
        context.advance(Duration.ofMinutes(5));

        assertThat(memory.find(first, 0)).isNull();
        assertThat(memory.find(second, 0)).isEqualTo("bob");
        assertThat(verifier.verify(first)).isInstanceOf(TokenResult.Bad.class);
    }

    @Test
    void isNotFoundByKeysThatAreTooOld() {
        String token = kept(FIRST, "ann", Duration.ofDays(3));
        context.server(_ -> answer(500, ""));

        context.advance(Duration.ofHours(25));

        assertThat(memory.find(token, 0)).isNull();
    }

    @Test
    void staysWithinItsBound() {
        for (int i = 0; i < 500; i++) {
            kept(FIRST, "user" + i, Duration.ofHours(1));
        }
        assertThat(memory.size()).isLessThanOrEqualTo(100);
    }
}
