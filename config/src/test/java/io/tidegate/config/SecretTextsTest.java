package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ConsumerConfig.Algorithm;
import io.tidegate.config.ConsumerConfig.PasswordConfig;
import io.tidegate.config.ConsumerConfig.SigningKeyConfig;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Records with secrets, as texts: in logs, and in messages of whatever fails.
final class SecretTextsTest {

    private static final String SECRET = "a-secret-of-theirs";

    @Test
    void aConsumerShowsNoSecret() {
        ConsumerConfig consumer = new ConsumerConfig(List.of(), List.of(), null,
                List.of(new PasswordConfig("alice", SECRET)),
                List.of(new SigningKeyConfig("k1", Algorithm.HMAC_SHA256, SECRET, null)), Set.of(), null);

        assertThat(consumer.toString()).contains("alice", "k1").doesNotContain(SECRET);
    }

    @Test
    void aStickySessionShowsNoSecret() {
        assertThat(new StickySessionConfig("c", null, "/", null, true, CookieConfig.SameSite.LAX, SECRET, false)
                .toString()).contains("c").doesNotContain(SECRET);
    }
}
