package io.tidegate.identity.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// By what policies share.
class SharedNameTest {

    private static final @Nullable String NOTHING = null;

    private static OAuthClientConfig client(String secret) {
        return new OAuthClientConfig("gw", secret, null, null);
    }

    @Test
    void theSameListHasTheSameName() {
        assertThat(SharedName.of("a", NOTHING, client("s"), List.of("x"), Map.of("k", 1), Duration.ofSeconds(1)))
                .isEqualTo(
                        SharedName.of("a", NOTHING, client("s"), List.of("x"), Map.of("k", 1), Duration.ofSeconds(1)))
                .doesNotContain("gw");
    }

    @Test
    void anotherListHasAnotherName() {
        assertThat(List.of(SharedName.of("a", "b"), SharedName.of("ab", ""), SharedName.of("a", NOTHING),
                SharedName.of("a", ""), SharedName.of("a"), SharedName.of(List.of("a", "b")),
                SharedName.of(List.of("a"), "b"), SharedName.of("a", true), SharedName.of("a", Map.of("b", "c")),
                SharedName.of(client("s")), SharedName.of(client("t")),
                SharedName.of(new OAuthClientConfig("gw", "s", OAuthClientConfig.Method.POST, null)),
                SharedName.of(new OAuthClientConfig(null, null, null, "s")))).doesNotHaveDuplicates();
    }
}
