package io.tidegate.identity.internaltoken;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// Sets of keys that policies share.
class KeySetsTest {

    private static final InstantSource CLOCK = InstantSource.system();

    private static KeyRing made() {
        return KeyRing.fixed(SigningKey.generate(TokenAlgorithm.ES256), CLOCK);
    }

    @Test
    void whoAsksForASetDoesNotWaitForKeysThatAreBeingMade() {
        KeySets.acquire("shop", "settings", CLOCK, () -> {
            assertThat(CompletableFuture.supplyAsync(() -> KeySets.published("shop", CLOCK)).join())
                    .isEqualTo("{\"keys\":[]}");
            return made();
        });

        assertThat(KeySets.published("shop", CLOCK)).contains("\"kty\":\"EC\"");
        KeySets.release("shop", "settings");
    }

    @Test
    void equalSettingsAreOneRing() {
        KeyRing first = KeySets.acquire("store", "settings", CLOCK, KeySetsTest::made);

        assertThat(KeySets.acquire("store", "settings", CLOCK, KeySetsTest::made)).isSameAs(first);
        assertThat(KeySets.acquire("store", "others", CLOCK, KeySetsTest::made)).isNotSameAs(first);
        assertThat(KeySets.acquire("bazaar", "settings", CLOCK, KeySetsTest::made)).isNotSameAs(first);
        KeySets.release("store", "settings");
        KeySets.release("store", "settings");
        KeySets.release("store", "others");
        KeySets.release("bazaar", "settings");
    }
}
