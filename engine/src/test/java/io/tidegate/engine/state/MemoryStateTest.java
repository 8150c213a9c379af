package io.tidegate.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.StateStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MemoryStateTest {

    private static final Duration LIFE = Duration.ofSeconds(10);

    private long now = 5_000_000_000L;
    private final MemoryState state = new MemoryState(1600, 1 << 20, () -> now);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private @Nullable String get(String key) {
        return now(state.get(key)).map(value -> new String(value, StandardCharsets.UTF_8)).orElse(null);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void keepsAValueForItsLife() {
        now(state.put("a", bytes("1"), LIFE));

        pass(LIFE.minusNanos(1));
        assertThat(get("a")).isEqualTo("1");
        pass(Duration.ofNanos(1));
        assertThat(get("a")).isNull();
    }

    @Test
    void theFirstOfSeveralIsKept() {
        assertThat(now(state.putIfAbsent("a", bytes("1"), LIFE))).isEmpty();
        assertThat(now(state.putIfAbsent("a", bytes("2"), LIFE))).map(String::new).contains("1");
        pass(LIFE);
        assertThat(now(state.putIfAbsent("a", bytes("3"), LIFE))).isEmpty();
        assertThat(get("a")).isEqualTo("3");
    }

    @Test
    void replacesAndRemovesWhatIsExpectedAlone() {
        now(state.put("a", bytes("1"), LIFE));

        assertThat(now(state.replace("a", bytes("x"), bytes("2"), LIFE))).isFalse();
        assertThat(now(state.replace("b", bytes("x"), bytes("2"), LIFE))).isFalse();
        assertThat(now(state.remove("a", bytes("x")))).isFalse();
        assertThat(get("a")).isEqualTo("1");

        assertThat(now(state.replace("a", bytes("1"), bytes("2"), LIFE))).isTrue();
        assertThat(get("a")).isEqualTo("2");
        assertThat(now(state.remove("a", bytes("2")))).isTrue();
        assertThat(now(state.remove("a"))).isFalse();
        assertThat(get("a")).isNull();
        assertThat(state.entries()).isZero();
        assertThat(state.bytes()).isZero();
    }

    @Test
    void whatIsOverIsDroppedWhenSomethingIsPut() {
        for (int i = 0; i < 1000; i++) {
            now(state.put("key" + i, bytes("1"), Duration.ofMillis(1 + i)));
        }
        pass(Duration.ofSeconds(3));
        for (int i = 0; i < 200; i++) {
            now(state.put("other" + i, bytes("1"), LIFE));
        }
        assertThat(state.entries()).isEqualTo(200);
        assertThat(state.evicted()).isZero();
    }

    @Test
    void whatWasPutLongestAgoIsDroppedWhereThereIsTooMuch() {
        for (int i = 0; i < 10_000; i++) {
            now(state.put("key" + i, bytes("1"), LIFE));
        }
        assertThat(state.entries()).isBetween(1500L, 1600L);
        assertThat(state.evicted()).isEqualTo(10_000 - state.entries());
        assertThat(get("key9999")).isNotNull();
        assertThat(get("key0")).isNull();

        for (int i = 0; i < 100; i++) {
            now(state.put("large" + i, new byte[60_000], LIFE));
        }
        assertThat(state.bytes()).isLessThanOrEqualTo(1 << 20);
        now(state.put("larger than all", new byte[100_000], LIFE));
        assertThat(get("larger than all")).isNull();
    }

    @Test
    void noTypeOfPolicyPushesOutWhatAnotherKeepsWithinItsPart() {
        for (int i = 0; i < 400; i++) {
            now(state.put("hmac:nonce" + i, bytes("1"), LIFE));
        }
        for (int i = 0; i < 10_000; i++) {
            now(state.put("idempotency:key" + i, bytes("1"), LIFE));
        }
        for (int i = 0; i < 100; i++) {
            now(state.put("idempotency:large" + i, new byte[30_000], LIFE));
        }

        for (int i = 0; i < 400; i++) {
            assertThat(get("hmac:nonce" + i)).isEqualTo("1");
        }
        assertThat(state.entries()).isLessThanOrEqualTo(1600);
        assertThat(state.bytes()).isLessThanOrEqualTo(1 << 20);
        assertThat(get("idempotency:key0")).isNull();
        assertThat(get("idempotency:large99")).isNotNull();
    }

    @Test
    void aTypeThatIsAloneHasAllOfTheBoundsAndGivesThemBack() {
        for (int i = 0; i < 10_000; i++) {
            now(state.put("idempotency:key" + i, bytes("1"), LIFE));
        }
        assertThat(state.entries()).isBetween(1500L, 1600L);

        for (int i = 0; i < 400; i++) {
            now(state.put("hmac:nonce" + i, bytes("1"), LIFE));
        }
        for (int i = 0; i < 400; i++) {
            assertThat(get("hmac:nonce" + i)).isEqualTo("1");
        }
        assertThat(get("idempotency:key9999")).isNotNull();
        assertThat(state.entries()).isBetween(1500L, 1600L);
    }

    @Test
    void fewerAreKeptOnceItIsBoundMoreTightly() {
        for (int i = 0; i < 1000; i++) {
            now(state.put("key" + i, bytes("1"), LIFE));
        }
        state.bound(160, 1 << 20);
        assertThat(state.entries()).isLessThanOrEqualTo(160);
    }

    @Test
    void theArrayGivenAndTheArrayKeptAreTwo() {
        byte[] given = bytes("1");
        now(state.put("a", given, LIFE));
        given[0] = 'x';
        Optional<byte[]> got = now(state.get("a"));
        got.ifPresent(value -> value[0] = 'y');
        assertThat(get("a")).isEqualTo("1");
    }

    @Test
    void refusesWhatNoStoreTakes() {
        assertThatThrownBy(() -> state.put("", bytes("1"), LIFE)).hasMessageContaining("key must have 1 to 256");
        assertThatThrownBy(() -> state.put("a", new byte[0], LIFE)).hasMessageContaining("value must have 1 to");
        assertThatThrownBy(() -> state.putIfAbsent("a", new byte[StateStore.MAX_VALUE_BYTES + 1], LIFE))
                .hasMessageContaining("(has 2097153)");
        assertThatThrownBy(() -> state.put("a", bytes("1"), Duration.ofNanos(1)))
                .hasMessageContaining("life must be at least 1ms");
    }
}
