package io.tidegate.identity.apikey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratedKeyTest {

    private final SecureRandom random = new SecureRandom();

    private static boolean isBroken(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
        return GeneratedKey.isBroken(bytes, bytes.length, new CRC32());
    }

    @Test
    void keysHaveTheFormThatScannersLookForAndAreNeverTheSame() {
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            keys.add(GeneratedKey.create(random));
        }

        assertThat(keys).hasSize(1000)
                .allSatisfy(key -> assertThat(key).matches("tg_[0-9A-Za-z]{40}_[0-9A-Za-z]{6}"))
                .noneSatisfy(key -> assertThat(isBroken(key)).isTrue());
    }

    @Test
    void everySingleTypingErrorIsFound() {
        String key = GeneratedKey.create(random);
        for (int i = "tg_".length(); i < key.length(); i++) {
            if (key.charAt(i) != '_') {
                char other = key.charAt(i) == 'a' ? 'b' : 'a';
                assertThat(isBroken(key.substring(0, i) + other + key.substring(i + 1))).as("character %s", i)
                        .isTrue();
            }
        }
        // Two neighbours in the wrong order.
        for (int i = 3; i < 42; i++) {
            if (key.charAt(i) != key.charAt(i + 1)) {
                assertThat(isBroken(key.substring(0, i) + key.charAt(i + 1) + key.charAt(i) + key.substring(i + 2)))
                        .as("character %s", i).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tg_", "tg_short_abcdef", "tg_0123456789012345678901234567890_abcdef",
        "tg_01234567890123456789012345678901-abcdef", "tg_0123456789012345678901234567890-1_abcdef",
        "sk_live_01234567890123456789012345678901_abcdef", "x"})
    void keysOfAnotherFormAreNoneOfOurs(String key) {
        assertThat(isBroken(key)).isFalse();
    }

    @Test
    void theHashIsThatOfEveryOtherTool() {
        assertThat(KeyHash.hexOf("abc"))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(KeyHash.hexOf("abc")).isEqualTo(KeyHash.hexOf("abc"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret with spaces", "tg_01234567890123456789012345678901_abcdef"})
    void whatIsNoKeyIsNotHashedNorTold(String text) {
        assertThatThrownBy(() -> KeyHash.hexOf(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret").hasMessageNotContaining("0123456");
    }
}
