package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.config.RedisConfig.Mode;
import io.tidegate.config.RedisConfig.Node;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisConfigTest {

    private static RedisConfig config(Mode mode, @Nullable String master, @Nullable String username,
            @Nullable String password, String... nodes) {
        return new RedisConfig(List.of(nodes), mode, master, username, password, 0, "tidegate:", null,
                Duration.ofMillis(50), Duration.ofMillis(10), Duration.ofSeconds(1));
    }

    @Test
    void readsAddresses() {
        assertThat(config(Mode.CLUSTER, null, null, null, "redis://a.test", "redis://10.0.0.1:7000", "redis://[::1]:1/")
                .addresses())
                .containsExactly(new Node("a.test", 6379, false), new Node("10.0.0.1", 7000, false),
                        new Node("::1", 1, false));
        assertThat(config(Mode.STANDALONE, null, null, null, "rediss://a").addresses())
                .containsExactly(new Node("a", 6379, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:6379", "http://a", "redis://u:secret@a", "redis://a/1", "redis://a?x",
        "redis://",
        "redis://a:0", "redis://a b"})
    void refusesWhatIsNoAddressAndDoesNotRepeatIt(String node) {
        assertThatThrownBy(() -> config(Mode.STANDALONE, null, null, null, node))
                .hasMessageStartingWith("'nodes' must hold addresses such as redis://localhost:6379")
                .hasMessageNotContaining("secret");
    }

    @Test
    void refusesWhatDoesNotGoTogether() {
        assertThatThrownBy(() -> config(Mode.STANDALONE, null, null, null, "redis://a", "redis://b"))
                .hasMessageContaining("must be one without 'mode: cluster'");
        assertThatThrownBy(() -> config(Mode.CLUSTER, null, null, null, "redis://a", "rediss://b"))
                .hasMessageContaining("must all begin with rediss://");
        assertThatThrownBy(() -> config(Mode.SENTINEL, null, null, null, "redis://a"))
                .hasMessageContaining("'master' must say");
        assertThatThrownBy(() -> config(Mode.STANDALONE, "m", null, null, "redis://a"))
                .hasMessageContaining("'master' needs 'mode: sentinel'");
        assertThatThrownBy(() -> config(Mode.STANDALONE, null, "u", null, "redis://a"))
                .hasMessageContaining("'username' needs 'password'");
    }

    @Test
    void doesNotTellThePassword() {
        assertThat(config(Mode.STANDALONE, null, "u", "secret", "redis://a")).asString().doesNotContain("secret");
    }
}
