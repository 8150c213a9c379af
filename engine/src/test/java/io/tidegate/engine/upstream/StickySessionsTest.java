package io.tidegate.engine.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.CookieConfig.SameSite;
import io.tidegate.config.StickySessionConfig;
import io.tidegate.engine.observe.BalanceCells;
import io.tidegate.engine.observe.Metrics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Cookies that keep clients with endpoints.
class StickySessionsTest {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1_800_000_000L));
    private final Metrics metrics = new Metrics(1, new Metrics.BuildInfo("test", "nio"));

    private StickySessions sessions(String upstream, @Nullable String secret, @Nullable Duration ttl) {
        List<BalanceCells> cells = List.of(metrics.balance(0, upstream));
        return new StickySessions(upstream,
                new StickySessionConfig("tg", ttl, "/shop", null, true, SameSite.LAX, secret, false), "own key", cells,
                now::get);
    }

    private StickySessions sessions() {
        return sessions("orders", "0123456789abcdef", Duration.ofMinutes(5));
    }

    private static String value(String setCookie) {
        return setCookie.substring(setCookie.indexOf('=') + 1, setCookie.indexOf(';'));
    }

    private static long read(StickySessions sessions, String value) {
        byte[] bytes = ("x" + value).getBytes(StandardCharsets.ISO_8859_1);
        return sessions.read(0, bytes, 1, bytes.length);
    }

    @Test
    void namesTheEndpointAndNotItsAddress() {
        StickySessions sessions = sessions();
        String made = sessions.make(0, 0, sessions.tag("10.0.0.1:80"), false);
        assertThat(made).matches("tg=[\\w-]{40}; Path=/shop; Max-Age=300; HttpOnly; SameSite=Lax");
        assertThat(sessions.make(0, 0, 1, true)).endsWith("; SameSite=Lax; Secure");
        assertThat(read(sessions, value(made))).isEqualTo(sessions.tag("10.0.0.1:80"))
                .isNotEqualTo(sessions.tag("10.0.0.2:80"));
    }

    @Test
    void holdsForAsLongAsItWasMadeFor() {
        StickySessions sessions = sessions();
        String value = value(sessions.make(0, 0, 42, false));
        now.set(now.get().plusSeconds(299));
        assertThat(read(sessions, value)).isEqualTo(42);
        now.set(now.get().plusSeconds(1));
        assertThat(read(sessions, value)).isZero();
        StickySessions forever = sessions("orders", "0123456789abcdef", null);
        String kept = forever.make(0, 0, 42, false);
        assertThat(kept).doesNotContain("Max-Age");
        now.set(now.get().plus(Duration.ofDays(10_000)));
        assertThat(read(forever, value(kept))).isEqualTo(42);
    }

    @Test
    void isReadByAllWhoHaveTheSecretAndByNobodyElse() {
        String value = value(sessions().make(0, 0, 42, false));
        assertThat(read(sessions("orders", "0123456789abcdef", null), value)).isEqualTo(42);
        assertThat(sessions("orders", "0123456789abcdef", null).tag("a:1")).isEqualTo(sessions().tag("a:1"));
        assertThat(read(sessions("orders", "fedcba9876543210", null), value)).isZero();
        assertThat(read(sessions("payments", "0123456789abcdef", null), value)).as("another upstream").isZero();
        assertThat(read(sessions("orders", null, null), value)).as("the process's own key").isZero();
    }

    @Test
    void everyOtherValueIsIgnored() {
        StickySessions sessions = sessions();
        String value = value(sessions.make(0, 0, 42, false));
        for (int i = 0; i < value.length(); i++) {
            char other = value.charAt(i) == 'A' ? 'B' : 'A';
            assertThat(read(sessions, value.substring(0, i) + other + value.substring(i + 1))).as("character %s", i)
                    .isZero();
        }
        for (String wrong : List.of("", "A", value + "A", value.substring(1), "!".repeat(40), "10.0.0.1:80",
                "=".repeat(40))) {
            assertThat(read(sessions, wrong)).as(wrong).isZero();
        }
    }
}
